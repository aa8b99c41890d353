<?cs # One version of an answer: its words or, while it is a draft, their form;
     what may be done with it; its other versions. ?>
<?cs include:"macros/admin.cs" ?><?cs include:"macros/rows.cs" ?><?cs include:"macros/scenarios.cs" ?>
<?cs set:Page.Title = Lang.Answer.Title ?>
<?cs def:answer_step(what) ?><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="edit" value="<?cs var:Answer.Edit ?>"><input type="hidden" name="do" value="<?cs var:what ?>"><?cs /def ?>
<?cs def:answer_dates(a) ?><?cs if:a.Created ?><li><?cs var:Lang.Answer.Author ?>: <?cs var:a.Author ?>, <span class="num"><?cs var:a.Created ?></span></li><?cs /if ?>
<?cs if:a.Approved ?><li><?cs var:Lang.Answer.Approved ?>: <?cs var:a.ApprovedBy ?>, <span class="num"><?cs var:a.Approved ?></span><?cs if:a.From ?>; <?cs var:Lang.Answer.valid_from ?>: <span class="num"><?cs var:a.From ?></span><?cs /if ?></li><?cs /if ?>
<?cs if:a.Withdrawn ?><li><?cs var:Lang.Answer.Withdrawn ?>: <?cs var:a.WithdrawnBy ?>, <span class="num"><?cs var:a.Withdrawn ?></span>; <?cs var:Lang.Answer.valid_to ?>: <span class="num"><?cs var:a.To ?></span></li><?cs /if ?>
<?cs if:a.Refused ?><li><?cs var:Lang.Answer.Refused ?>: <?cs var:a.RefusedBy ?>, <span class="num"><?cs var:a.Refused ?></span>; <?cs var:Lang.Answer.refused_why ?>: <?cs var:a.RefusedWhy ?></li><?cs /if ?><?cs /def ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/scenarios", Lang.Answer.Title) ?>
<?cs if:Answer.Message ?><p class="alert alert-warning mx-3 py-2" role="alert"><?cs var:Answer.Message ?></p><?cs /if ?>
<section class="px-3 pb-2" aria-labelledby="answer-title"><h2 class="h6" id="answer-title"><?cs if:Answer.Code ?><?cs var:Answer.Code ?><?cs if:Answer.New == "1" ?>, <?cs var:Lang.Answer.Correct ?><?cs else ?>, <?cs var:Lang.Scenario.Version ?> <?cs var:Answer.Version ?> — <span data-state="<?cs var:Answer.StateCode ?>"><?cs var:Answer.State ?></span><?cs /if ?><?cs elif:Can.Decide == "1" ?><?cs var:Lang.Answer.Add ?><?cs else ?><?cs var:Lang.Answer.Propose ?><?cs /if ?></h2>
<?cs if:Answer.New != "1" ?><ul class="list-unstyled small mb-0"><?cs call:answer_dates(Answer) ?></ul><?cs /if ?></section>
<?cs if:Can.Edit == "1" ?><form class="row g-2 px-3 pb-2" id="answer-form" method="post" action="/admin/scenarios/<?cs if:Answer.New == "1" ?>new<?cs else ?><?cs var:Answer.Id ?><?cs /if ?>" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="edit" value="<?cs var:Answer.Edit ?>"><?cs if:Answer.Source > 0 ?><input type="hidden" name="from" value="<?cs var:Answer.Source ?>"><?cs /if ?>
<?cs each:f = Row.Fields ?><div class="<?cs if:f.Name == "text" ?>col-12 col-xl-6<?cs else ?>col-12<?cs /if ?>"><?cs call:row_field(f) ?></div>
<?cs /each ?>
<div class="col-12 col-xl-6" hx-post="/admin/scenarios/<?cs if:Answer.New == "1" ?>new<?cs else ?><?cs var:Answer.Id ?><?cs /if ?>" hx-trigger="input changed delay:300ms from:#c-text" hx-include="#answer-form" hx-vals="{&quot;do&quot;:&quot;preview&quot;}" hx-target="#answer-preview" hx-select="#answer-preview" hx-swap="outerHTML" hx-push-url="false" hx-sync="this:replace"><div class="form-label"><?cs var:Lang.Answer.Preview ?></div>
<?cs call:answer_preview() ?></div>
<div class="col-12 d-flex flex-wrap gap-2 pt-2 align-items-end"><button class="btn btn-sm btn-primary" name="do" value="save"><?cs if:Can.Decide == "1" ?><?cs var:Lang.Answer.Save ?><?cs else ?><?cs var:Lang.Answer.Send ?><?cs /if ?></button>
<button class="btn btn-sm btn-outline-secondary" name="do" value="preview"><?cs var:Lang.Answer.Preview ?></button>
<a class="btn btn-sm btn-outline-secondary" href="/admin/scenarios"><?cs var:Lang.Rows.Back ?></a>
<?cs if:Can.Approve == "1" ?><div class="ms-auto"><label class="form-label mb-0 small" for="valid_from"><?cs var:Lang.Answer.valid_from ?></label><input class="form-control form-control-sm<?cs if:Answer.FromError ?> is-invalid<?cs /if ?>" id="valid_from" name="valid_from" type="date"<?cs if:Answer.FromError ?> aria-invalid="true" aria-describedby="error-valid_from"<?cs /if ?>><?cs if:Answer.FromError ?><div class="invalid-feedback d-block" id="error-valid_from"><?cs var:Answer.FromError ?></div><?cs /if ?></div>
<button class="btn btn-sm btn-success" name="do" value="approve"><?cs var:Lang.Answer.Approve ?></button><?cs /if ?></div>
</form>
<?cs else ?><section class="px-3 pb-2"><h3 class="h6"><?cs var:Answer.Title ?></h3><?cs call:answer_preview() ?>
<div class="d-flex gap-2 pt-2"><a class="btn btn-sm btn-primary" href="/admin/scenarios/<?cs var:Answer.Id ?>/new"><?cs if:Can.Decide == "1" ?><?cs var:Lang.Answer.Correct ?><?cs else ?><?cs var:Lang.Answer.ProposeChange ?><?cs /if ?></a>
<a class="btn btn-sm btn-outline-secondary" href="/admin/scenarios"><?cs var:Lang.Rows.Back ?></a></div></section><?cs /if ?>
<?cs if:Can.Refuse == "1" ?><form class="row g-2 px-3 pb-2 align-items-end" method="post" action="/admin/scenarios/<?cs var:Answer.Id ?>" hx-sync="this:drop"><?cs call:answer_step("refuse") ?>
<div class="col-12 col-xl-6"><label class="form-label" for="refused_why"><?cs var:Lang.Answer.refused_why ?></label><input class="form-control form-control-sm<?cs if:Answer.WhyError ?> is-invalid<?cs /if ?>" id="refused_why" name="refused_why" maxlength="600" autocomplete="off"<?cs if:Answer.WhyError ?> aria-invalid="true" aria-describedby="error-refused_why"<?cs /if ?>><?cs if:Answer.WhyError ?><div class="invalid-feedback d-block" id="error-refused_why"><?cs var:Answer.WhyError ?></div><?cs /if ?></div>
<div class="col-auto"><button class="btn btn-sm btn-outline-danger"><?cs var:Lang.Answer.Refuse ?></button></div></form><?cs /if ?>
<?cs if:Can.Withdraw == "1" ?><form class="row g-2 px-3 pb-2 align-items-end" method="post" action="/admin/scenarios/<?cs var:Answer.Id ?>" hx-sync="this:drop"><?cs call:answer_step("withdraw") ?>
<div class="col-auto"><label class="form-label" for="valid_to"><?cs var:Lang.Answer.valid_to ?></label><input class="form-control form-control-sm<?cs if:Answer.ToError ?> is-invalid<?cs /if ?>" id="valid_to" name="valid_to" type="date" aria-describedby="hint-valid_to<?cs if:Answer.ToError ?> error-valid_to<?cs /if ?>"<?cs if:Answer.ToError ?> aria-invalid="true"<?cs /if ?>><?cs if:Answer.ToError ?><div class="invalid-feedback d-block" id="error-valid_to"><?cs var:Answer.ToError ?></div><?cs /if ?></div>
<div class="col-auto"><button class="btn btn-sm btn-outline-danger"><?cs var:Lang.Answer.Withdraw ?></button></div><div class="col-12 form-text" id="hint-valid_to"><?cs var:Lang.Answer.valid_to_hint ?></div></form><?cs /if ?>
<?cs if:Versions.0.Id ?><section class="px-3 pt-2" aria-labelledby="answer-versions"><h2 class="h6" id="answer-versions"><?cs var:Lang.Answer.Versions ?></h2>
<ul class="list-unstyled small"><?cs each:v = Versions ?><li><a href="/admin/scenarios/<?cs var:v.Id ?>"<?cs if:v.Id == Answer.Id && Answer.New != "1" ?> aria-current="page"<?cs /if ?>><?cs var:Lang.Scenario.Version ?> <?cs var:v.Version ?></a> — <?cs var:v.State ?>: <?cs var:v.Title ?><ul><?cs call:answer_dates(v) ?></ul></li>
<?cs /each ?></ul></section><?cs /if ?>
<?cs call:row_log() ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
