<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Lang.Setting.Title ?>
<?cs def:setting_input(s, id) ?>
<?cs if:Can.Edit != "1" ?><?cs if:s.Kind == "flag" ?><?cs if:s.Value == "1" ?><?cs var:Lang.Rows.Yes ?><?cs else ?><?cs var:Lang.Rows.No ?><?cs /if ?><?cs elif:s.Value != "" ?><?cs var:s.Value ?><?cs else ?>—<?cs /if ?> <?cs var:s.Unit ?>
<?cs else ?><form class="d-flex gap-2 align-items-center" method="post" action="/admin/settings/<?cs var:url_escape(s.Name) ?>" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="version" value="<?cs var:s.Version ?>">
<?cs if:s.Kind == "flag" ?><input class="form-check-input mt-0<?cs if:s.Error ?> is-invalid<?cs /if ?>" type="checkbox" name="value" value="1"<?cs if:s.Value == "1" ?> checked<?cs /if ?> aria-label="<?cs var:s.About ?>">
<?cs elif:s.Kind == "list" ?><select class="form-select form-select-sm<?cs if:s.Error ?> is-invalid<?cs /if ?>" name="value" aria-label="<?cs var:s.About ?>"><?cs each:o = s.Options ?><option value="<?cs var:o.Value ?>"<?cs if:o.Chosen == "1" ?> selected<?cs /if ?>><?cs var:o.Text ?></option>
<?cs /each ?></select>
<?cs else ?><input class="form-control form-control-sm<?cs if:s.Error ?> is-invalid<?cs /if ?>" type="text" name="value" value="<?cs var:s.Value ?>" maxlength="1000" autocomplete="off"<?cs if:s.Kind == "number" ?> inputmode="numeric"<?cs /if ?> aria-label="<?cs var:s.About ?>"<?cs if:s.Error ?> aria-invalid="true" aria-describedby="error-<?cs var:id ?>"<?cs /if ?>><?cs /if ?>
<?cs if:s.Unit ?><span class="small text-nowrap"><?cs var:s.Unit ?></span><?cs /if ?>
<button class="btn btn-sm btn-outline-primary" aria-label="<?cs var:Lang.Rows.Save ?>: <?cs var:s.About ?>"><?cs var:Lang.Rows.Save ?></button></form>
<?cs if:s.Error ?><div class="invalid-feedback d-block" id="error-<?cs var:id ?>"><?cs var:s.Error ?><?cs if:s.Theirs ?> <?cs var:Lang.Rows.Theirs ?>: <?cs var:s.Theirs ?><?cs /if ?></div><?cs /if ?><?cs /if ?><?cs /def ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/settings", Lang.Setting.Title) ?>
<?cs if:Saved ?><p class="alert alert-success mx-3 py-2" role="status"><?cs var:Lang.Setting.Saved ?>: <?cs var:Saved ?></p><?cs /if ?>
<div class="journal-scroll px-3" tabindex="0" role="region" aria-labelledby="admin-title"><table class="table table-sm align-middle list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Setting.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Setting.About ?></th><th scope="col"><?cs var:Lang.Setting.Value ?></th><th scope="col"><?cs var:Lang.Setting.Allowed ?></th><th scope="col"><?cs var:Lang.Setting.Initial ?></th><th scope="col"><?cs var:Lang.Setting.Effect ?></th></tr></thead>
<tbody><?cs each:s = Settings ?><?cs if:s.Group ?><tr><th colspan="5" scope="rowgroup" class="table-light"><?cs var:s.Group ?></th></tr>
<?cs /if ?><tr id="<?cs var:s.Name ?>"><th scope="row" class="fw-normal"><?cs var:s.About ?></th>
<td><?cs call:setting_input(s, name(s)) ?></td><td class="small"><?cs var:s.Allowed ?><?cs if:s.Optional == "1" ?> <?cs var:Lang.Setting.OrEmpty ?><?cs /if ?></td><td class="small"><?cs if:s.Initial != "" ?><?cs var:s.Initial ?><?cs else ?>—<?cs /if ?></td><td class="small text-body-secondary"><?cs var:s.Effect ?></td></tr>
<?cs /each ?></tbody></table></div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
