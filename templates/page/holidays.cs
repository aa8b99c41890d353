<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Lang.Holidays.Title ?>
<?cs def:invalid(name) ?><?cs if:Invalid[name] ?><div class="invalid-feedback d-block" id="error-<?cs var:name ?>"><?cs var:Invalid[name] ?></div><?cs /if ?><?cs /def ?>
<?cs def:field(name, label, type) ?><label class="form-label" for="c-<?cs var:name ?>"><?cs var:label ?></label>
<input class="form-control form-control-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="c-<?cs var:name ?>" name="<?cs var:name ?>" type="<?cs var:type ?>" value="<?cs var:Typed[name] ?>" maxlength="80" autocomplete="off"><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:content() ?>
<?cs call:admin_head("holidays", Lang.Holidays.Title) ?>
<?cs if:Can.Edit == "1" ?>
<form class="filter row g-2 px-3 pb-2 align-items-end" method="post" action="/holidays" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<div class="col-auto"><?cs call:field("day", Lang.Holidays.Day, "date") ?></div>
<div class="col-4"><?cs call:field("name", Lang.Holidays.Name, "text") ?></div>
<div class="col-auto form-check ms-2 mb-1"><input class="form-check-input" type="checkbox" id="c-working" name="working" value="1"><label class="form-check-label" for="c-working"><?cs var:Lang.Holidays.Working ?></label></div>
<div class="col-auto"><button class="btn btn-sm btn-primary"><?cs var:Lang.Holidays.Add ?></button></div>
</form><?cs /if ?>
<div class="table-responsive px-3"><table class="table table-sm align-middle list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Holidays.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Holidays.Day ?></th><th scope="col"><?cs var:Lang.Holidays.Name ?></th><th scope="col"><?cs var:Lang.Holidays.Kind ?></th><th scope="col"><span class="visually-hidden"><?cs var:Lang.Journal.Actions ?></span></th></tr></thead>
<tbody><?cs each:h = Holidays ?><tr><th scope="row"><?cs var:h.Shown ?></th><td><?cs var:h.Name ?></td><td><?cs if:h.Working == "1" ?><?cs var:Lang.Holidays.On ?><?cs else ?><?cs var:Lang.Holidays.Off ?><?cs /if ?></td>
<td><?cs if:Can.Edit == "1" ?><form method="post" action="/holidays" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-outline-secondary" name="remove" value="<?cs var:h.Day ?>" aria-label="<?cs var:Lang.Holidays.Remove ?> <?cs var:h.Shown ?>"><?cs var:Lang.Holidays.Remove ?></button></form><?cs /if ?></td></tr>
<?cs /each ?><?cs if:!?Holidays.0.Day ?><tr><td colspan="4" class="text-body-secondary"><?cs var:Lang.Holidays.Empty ?></td></tr><?cs /if ?></tbody></table></div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
