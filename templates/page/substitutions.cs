<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Lang.Substitutions.Title ?>
<?cs def:invalid(name) ?><?cs if:Invalid[name] ?><div class="invalid-feedback d-block" id="error-<?cs var:name ?>"><?cs var:Invalid[name] ?></div><?cs /if ?><?cs /def ?>
<?cs def:field(name, label, type) ?><label class="form-label" for="c-<?cs var:name ?>"><?cs var:label ?></label>
<input class="form-control form-control-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="c-<?cs var:name ?>" name="<?cs var:name ?>" type="<?cs var:type ?>" value="<?cs var:Typed[name] ?>" maxlength="80" autocomplete="off"><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:who(name, label, chosen) ?><label class="form-label" for="c-<?cs var:name ?>"><?cs var:label ?></label>
<select class="form-select form-select-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="c-<?cs var:name ?>" name="<?cs var:name ?>"><option value=""><?cs var:Lang.Card.Choose ?></option>
<?cs each:p = People ?><option value="<?cs var:p.Id ?>"<?cs if:p.Id == chosen ?> selected<?cs /if ?>><?cs var:p.Name ?>, <?cs var:p.Org ?></option>
<?cs /each ?></select><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:content() ?>
<?cs call:admin_head("substitutions", Lang.Substitutions.Title) ?>
<?cs if:Can.Edit == "1" ?>
<form class="filter row g-2 px-3 pb-2 align-items-end" method="post" action="/substitutions" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<div class="col-3"><?cs call:who("absent", Lang.Substitutions.Absent, Typed.absent) ?></div>
<div class="col-3"><?cs call:who("by", Lang.Substitutions.By, Typed.by) ?></div>
<div class="col-auto"><?cs call:field("from", Lang.Substitutions.From, "date") ?></div>
<div class="col-auto"><?cs call:field("to", Lang.Substitutions.To, "date") ?></div>
<div class="col-auto"><button class="btn btn-sm btn-primary"><?cs var:Lang.Substitutions.Add ?></button></div>
</form><p class="small text-body-secondary px-3"><?cs var:Lang.Substitutions.Hint ?></p><?cs /if ?>
<div class="table-responsive px-3"><table class="table table-sm align-middle list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Substitutions.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Substitutions.Absent ?></th><th scope="col"><?cs var:Lang.Substitutions.By ?></th><th scope="col"><?cs var:Lang.Substitutions.From ?></th><th scope="col"><?cs var:Lang.Substitutions.To ?></th><th scope="col"><?cs var:Lang.Substitutions.Open ?></th><th scope="col"><span class="visually-hidden"><?cs var:Lang.Journal.Actions ?></span></th></tr></thead>
<tbody><?cs each:s = Subs ?><tr><th scope="row"><?cs var:s.Absent ?></th><td><?cs var:s.By ?></td><td><?cs var:s.From ?></td><td><?cs var:s.To ?></td><td><?cs var:s.Open ?></td>
<td><?cs if:Can.Edit == "1" ?><form method="post" action="/substitutions" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-outline-secondary" name="remove" value="<?cs var:s.Id ?>" aria-label="<?cs var:Lang.Substitutions.Remove ?> <?cs var:s.Absent ?>"><?cs var:Lang.Substitutions.Remove ?></button></form><?cs /if ?></td></tr>
<?cs /each ?><?cs if:!?Subs.0.Id ?><tr><td colspan="6" class="text-body-secondary"><?cs var:Lang.Substitutions.Empty ?></td></tr><?cs /if ?></tbody></table></div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
