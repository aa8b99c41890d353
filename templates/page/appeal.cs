<?cs include:"macros/dial.cs" ?>
<?cs include:"macros/recording.cs" ?>
<?cs include:"macros/registry.cs" ?>
<?cs include:"macros/themes.cs" ?>
<?cs include:"macros/scenarios.cs" ?>
<?cs include:"macros/kept.cs" ?>
<?cs set:Page.Title = Card.Heading ?>
<?cs def:invalid(name) ?><?cs if:Invalid[name] ?><div class="invalid-feedback d-block" id="error-<?cs var:name ?>"><?cs var:Invalid[name] ?></div><?cs /if ?><?cs /def ?>
<?cs def:cut(words) ?><?cs if:words ?> <span class="small text-body-secondary">(<?cs var:words ?>)</span><?cs /if ?><?cs /def ?>
<?cs def:drop(words) ?><form method="post" action="/appeal/<?cs var:url_escape(Card.Id) ?>/draft/drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-outline-primary"><?cs var:words ?></button></form><?cs /def ?>
<?cs include:"macros/past.cs" ?>
<?cs include:"macros/steps.cs" ?>
<?cs include:"macros/card.cs" ?>
<?cs include:"macros/identity.cs" ?>
<?cs include:"macros/files.cs" ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center gap-3 px-3 py-2">
<h1 class="h4 mb-0 card-number"><?cs var:Card.Heading ?></h1>
<span class="badge text-bg-secondary card-status"><?cs var:Card.Status ?></span>
<?cs if:Card.Due ?><span class="small text-body-secondary"><?cs var:Lang.Field.Due ?>: <?cs var:Card.Due ?><?cs if:Step.DueOff ?> <span class="badge text-bg-warning"><?cs var:Lang.Step.DueOff ?></span><?cs /if ?></span><?cs /if ?>
<?cs if:Card.Assignee ?><span class="small text-body-secondary"><?cs var:Lang.Card.Assignee ?>: <?cs var:Card.Assignee ?></span><?cs /if ?>
<?cs if:Step.Returns ?><span class="badge text-bg-warning"><?cs var:Lang.Step.Returned ?>: <?cs var:Step.Returns ?></span><?cs /if ?>
<span class="small text-warning-emphasis" role="status" data-viewers="<?cs var:Lang.Card.OpenToo ?>"></span>
<span class="small text-body-secondary ms-auto draft-state" role="status" data-draft-state></span>
</div>
<?cs if:Card.Message ?><div class="alert alert-<?cs var:Card.MessageKind ?> py-2 mx-3" role="<?cs if:Card.MessageKind == "success" ?>status<?cs else ?>alert<?cs /if ?>"><?cs var:Card.Message ?><?cs if:Card.EditAt ?> (<?cs var:Card.EditAt ?>)<?cs /if ?></div><?cs /if ?>
<?cs if:?Theirs.Version ?>
<section class="mx-3 mb-3 border rounded p-2" aria-labelledby="theirs-title"><h2 class="h6" id="theirs-title"><?cs var:Lang.Card.Theirs ?></h2>
<dl class="row small mb-2">
<?cs each:f = Theirs.Fields ?><dt class="col-sm-3"><?cs var:f.Name ?></dt><dd class="col-sm-9 mb-1"><?cs var:f.Value ?></dd><?cs /each ?>
</dl>
<?cs call:drop(Lang.Card.TakeTheirs) ?></section>
<?cs elif:Card.EditAt ?><div class="mx-3 mb-2"><?cs call:drop(Lang.Card.DropEdit) ?></div>
<?cs /if ?>
<?cs call:kept() ?>
<?cs if:Card.Registry == "1" ?><?cs call:registry() ?><?cs /if ?>
<?cs if:Identity.May == "1" ?><?cs call:identity() ?><?cs /if ?>
<?cs if:Card.Passed ?><p class="mx-3 mb-1 small"><?cs var:Lang.Step.Pass ?>: <?cs var:Card.Passed ?></p><?cs /if ?>
<?cs if:Step.TellTerm ?><div class="alert alert-warning py-2 mx-3" role="status"><?cs var:Lang.Step.TellTerm ?></div><?cs /if ?>
<?cs if:Can.Review == "1" ?><?cs call:decision() ?><?cs /if ?>
<form class="card-form row g-2" method="post" action="/appeal/<?cs var:url_escape(Card.Id) ?>" data-card="<?cs var:Card.Id ?>" data-call="<?cs var:Card.Call ?>"<?cs if:Card.Readonly != "1" ?> data-draft="/appeal/<?cs var:url_escape(Card.Id) ?>/draft"<?cs if:Card.Autosave != "1" ?> data-registered<?cs /if ?><?cs /if ?><?cs if:Card.EditAt ?> data-unsaved="kept"<?cs elif:Card.Message && Card.MessageKind != "success" ?> data-unsaved="<?cs var:Card.MessageKind ?>"<?cs /if ?>>
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<input type="hidden" name="version" value="<?cs var:Card.Version ?>">
<?cs # what Enter in a field presses ?><?cs if:Card.Readonly != "1" ?><button class="visually-hidden" name="do" value="<?cs if:Can.Resume == "1" ?>resume<?cs else ?>save<?cs /if ?>" tabindex="-1" aria-hidden="true"></button><?cs /if ?>
<input type="hidden" name="person" value="<?cs var:F.person ?>">
<input type="hidden" name="boxes" value="oral_answer do_not_call authority add_representative">
<div class="col-lg-6">
<fieldset class="mb-2"><legend class="h6"><?cs var:Lang.Card.Main ?></legend>
<div class="row g-2">
<div class="col-md-5"><label class="form-label" for="type"><?cs var:Lang.Card.Type ?></label>
<select class="form-select form-select-sm<?cs if:Invalid.type ?> is-invalid<?cs /if ?>" id="type" name="type" hx-get="/themes" hx-target="#themes" hx-select="unset" hx-swap="innerHTML" hx-trigger="change" hx-include="#theme-search, #theme-code" hx-push-url="false"<?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>>
<option value=""><?cs var:Lang.Card.Choose ?></option>
<?cs each:t = Lang.Types ?><option value="<?cs var:t.Code ?>"<?cs if:t.Code == Card.Type ?> selected<?cs /if ?>><?cs var:t.Name ?></option><?cs /each ?>
</select><?cs call:invalid("type") ?></div>
<div class="col-md-7"><label class="form-label" for="theme-search"><?cs var:Lang.Card.ThemeSearch ?></label>
<input class="form-control form-control-sm" id="theme-search" name="q" type="search" data-pick="#theme-code" data-next="#description" maxlength="100" autocomplete="off" hx-get="/themes" hx-target="#themes" hx-select="unset" hx-swap="innerHTML" hx-trigger="input changed delay:150ms, search" hx-include="#type, #theme-code" hx-sync="this:replace" hx-push-url="false"<?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>></div>
<div class="col-12"><div id="themes"><?cs call:theme_select() ?></div><?cs call:invalid("theme") ?></div>
<div class="col-12"><?cs call:scenarios() ?><?cs call:invalid("scenario") ?></div>
<div class="col-12"><label class="form-label" for="description"><?cs var:Lang.Card.Description ?></label>
<textarea class="form-control form-control-sm<?cs if:Invalid.description ?> is-invalid<?cs /if ?>" id="description" name="description" rows="5" maxlength="4000"<?cs if:Card.Readonly == "1" ?> readonly<?cs /if ?>><?cs var:F.description ?></textarea><?cs call:invalid("description") ?></div>
<div class="col-5"><label class="form-label" for="form"><?cs var:Lang.Card.Form ?></label>
<select class="form-select form-select-sm" id="form" name="form"<?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>>
<?cs each:f = Lang.Forms ?><?cs if:f.Code != Lang.Forms.1.Code || Card.Written == "1" || f.Code == Card.Form ?><option value="<?cs var:f.Code ?>"<?cs if:f.Code == Card.Form ?> selected<?cs /if ?>><?cs var:f.Name ?></option><?cs /if ?><?cs /each ?></select><?cs call:invalid("form") ?></div>
<div class="col-7"><label class="form-label" for="channel"><?cs var:Lang.Card.Channel ?></label>
<select class="form-select form-select-sm" id="channel" name="channel"<?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>>
<?cs each:f = Lang.Channels ?><option value="<?cs var:f.Code ?>"<?cs if:f.Code == F.channel ?> selected<?cs /if ?>><?cs var:f.Name ?></option><?cs /each ?></select><?cs call:invalid("channel") ?></div>
<div class="col-6"><label class="form-label" for="mo"><?cs var:Lang.Card.Mo ?></label>
<?cs call:org_select("mo", Clinics, F.mo) ?></div>
<div class="col-6"><label class="form-label" for="about_insurer"><?cs var:Lang.Card.AboutInsurer ?></label>
<?cs call:org_select("about_insurer", Insurers, F.about_insurer) ?></div>
<?cs call:card_dates() ?>
</div></fieldset>
</div>
<div class="col-lg-6">
<fieldset class="mb-2"><legend class="h6"><?cs var:Lang.Card.Personal ?></legend>
<div class="row g-2">
<div class="col-md-4"><?cs call:text_field("surname", "surname", Lang.Card.Surname, F.surname, "40", "") ?></div>
<div class="col-md-4"><?cs call:text_field("given_name", "given_name", Lang.Card.GivenName, F.given_name, "40", "") ?></div>
<div class="col-md-4"><?cs call:text_field("patronymic", "patronymic", Lang.Card.Patronymic, F.patronymic, "40", "") ?></div>
<div class="col-md-4"><?cs call:text_field("birth_date", "birth_date", Lang.Registry.Birth, F.birth_date, "10", "") ?></div>
<div class="col-md-4"><?cs call:text_field("enp", "enp", Lang.Registry.Enp, F.enp, "20", "") ?></div>
<div class="col-md-4"><label class="form-label" for="insurer"><?cs var:Lang.Card.Insurer ?></label>
<?cs call:org_select("insurer", Insurers, F.insurer) ?></div>
<div class="col-md-6"><?cs call:text_field("phone-number", "phone", Lang.Card.Phone, F.phone, "20", "tel") ?></div>
<?cs if:Card.Dial == "1" ?><div class="col-md-6 d-flex align-items-end"><button type="button" class="btn btn-sm btn-outline-primary" data-dial-field="phone-number" data-dial-appeal="<?cs var:Card.Id ?>" disabled><?cs var:Lang.Phone.CallUp ?></button></div><?cs /if ?>
<?cs call:card_applicant() ?>
</div></fieldset>
<?cs call:card_concerned() ?>
<?cs if:Can.Defer == "1" ?><div class="row g-2 mb-2">
<div class="col-md-4 d-flex align-items-end"><div class="form-check"><input class="form-check-input" type="checkbox" id="deferred" name="deferred" value="1"<?cs if:Typed.deferred ?> checked<?cs /if ?>><label class="form-check-label" for="deferred"><?cs var:Lang.Step.Deferred ?></label></div></div>
<div class="col-md-8"><?cs call:text_field("deferred_reason", "deferred_reason", Lang.Step.DeferredReason, Step.DeferredReason, "500", "") ?></div>
</div><?cs /if ?>
<?cs if:Can.Assign == "1" ?><div class="mb-2"><?cs call:people_list("assign_to", Lang.Step.Assign, Lang.Card.Choose) ?></div><?cs /if ?>
<?cs call:measures_taken() ?>
<?cs call:steps_tabs() ?>
<?cs if:?Calls.0.Id ?>
<section aria-labelledby="calls-title"><h2 class="h6" id="calls-title"><?cs var:Lang.Card.Calls ?><?cs call:cut(Cut.Calls) ?></h2>
<?cs each:c = Calls ?>
<div class="linked-call mb-2" data-call="<?cs var:c.Id ?>">
<div><?cs var:c.Direction ?> <?cs var:c.Number ?>, <?cs var:c.At ?> <span class="text-body-secondary"><?cs var:c.State ?></span> <?cs call:dial(c.Dial, Card.Id) ?></div>
<?cs each:rec = c.Rec ?><?cs call:recording(rec) ?><?cs /each ?>
<details><summary class="small"><?cs var:Lang.Card.CallHistory ?></summary><ol class="small mb-0 call-history"><?cs each:e = c.Events ?><li><?cs var:e.At ?> <?cs var:e.Kind ?><?cs if:e.Who ?> — <?cs var:e.Who ?><?cs /if ?></li><?cs /each ?></ol></details>
</div>
<?cs /each ?></section>
<?cs /if ?>
<?cs if:?History.0.At ?>
<section aria-labelledby="history-title"><h2 class="h6" id="history-title"><?cs var:Lang.Card.History ?><?cs call:cut(Cut.History) ?></h2>
<ol class="small card-history mb-2"><?cs each:h = History ?><li><?cs var:h.At ?> <?cs var:h.Event ?><?cs if:h.Who ?> — <?cs var:h.Who ?><?cs /if ?><?cs if:h.Comment ?>: <?cs var:h.Comment ?><?cs /if ?></li><?cs /each ?></ol></section>
<?cs /if ?>
</div>
<?cs call:past() ?>
<div class="col-12 card-actions d-flex gap-2 py-2">
<?cs if:Card.Readonly != "1" && Can.Resume != "1" ?><button class="btn btn-sm btn-primary" name="do" value="save" data-save aria-keyshortcuts="Control+Enter"><?cs var:Lang.Card.Save ?></button><?cs /if ?>
<?cs if:Step.Queue ?><a class="btn btn-sm btn-outline-secondary" href="/review"><?cs var:Lang.Review.Back ?></a><?cs else ?><a class="btn btn-sm btn-outline-secondary" href="/"><?cs var:Lang.Card.Back ?></a><?cs /if ?>
<?cs if:Card.Dial == "1" ?><a class="btn btn-sm btn-outline-secondary ms-auto" href="/appeal/<?cs var:url_escape(Card.Id) ?>/print" target="_blank" rel="noopener" hx-boost="false"><?cs var:Lang.Print.Do ?></a><?cs /if ?>
</div>
</form>
<?cs if:File.May ?><?cs call:files() ?><?cs /if ?>
<?cs if:Can.Review != "1" ?><?cs call:decision() ?><?cs /if ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
