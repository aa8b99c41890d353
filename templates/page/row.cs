<?cs include:"macros/admin.cs" ?><?cs include:"macros/rows.cs" ?>
<?cs set:Page.Title = Rows.Title ?>
<?cs def:content() ?>
<?cs call:admin_head(Rows.Path, Rows.Title) ?>
<?cs if:Row.Message ?><p class="alert alert-warning mx-3 py-2" role="alert"><?cs var:Row.Message ?></p><?cs /if ?>
<?cs if:Row.Secret ?><p class="alert alert-success mx-3 py-2" role="status"><?cs var:Row.SecretAbout ?> <strong class="num" id="secret"><?cs var:Row.Secret ?></strong></p><?cs /if ?>
<form class="row g-2 px-3 pb-2" method="post" action="/<?cs var:Rows.Path ?>/<?cs var:Row.Id ?>" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="version" value="<?cs var:Row.Version ?>">
<?cs each:f = Row.Fields ?><div class="<?cs if:f.Max > 100 || f.Kind == "set" ?>col-12 col-xl-6<?cs else ?>col-6 col-xl-3<?cs /if ?>"><?cs call:row_field(f) ?></div>
<?cs /each ?>
<div class="col-12 d-flex gap-2 pt-2"><?cs if:Can.Edit == "1" ?><button class="btn btn-sm btn-primary"><?cs var:Lang.Rows.Save ?></button><?cs /if ?>
<a class="btn btn-sm btn-outline-secondary" href="/<?cs var:Rows.Path ?>"><?cs var:Lang.Rows.Back ?></a>
<?cs each:a = Row.Acts ?><button class="btn btn-sm btn-outline-secondary" name="do" value="<?cs var:a.Name ?>"><?cs var:a.Label ?></button>
<?cs /each ?><?cs if:Row.Removable == "1" ?><button class="btn btn-sm btn-outline-danger ms-auto" name="remove" value="1"><?cs var:Lang.Rows.Remove ?></button><?cs /if ?></div>
</form>
<?cs call:row_log() ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
