<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Rows.Title ?>
<?cs def:content() ?>
<?cs call:admin_head(Rows.Path, Rows.Title) ?>
<div class="px-3">
<h2 class="h6"><?cs var:Lang.Import.Title ?></h2>
<?cs if:Import.Done == "loaded" ?><p class="alert alert-success py-2" role="status"><?cs var:Lang.Import.Loaded ?></p>
<?cs elif:Import.Done == "checked" ?><p class="alert alert-success py-2" role="status"><?cs var:Lang.Import.Checked ?></p>
<?cs elif:Import.Done == "wrong" ?><p class="alert alert-warning py-2" role="alert"><?cs var:Lang.Import.Nothing ?></p><?cs /if ?>
<?cs if:Import.Done ?><p class="small" id="import-counts"><?cs var:Lang.Import.Rows ?>: <?cs var:Import.Rows ?>, <?cs var:Lang.Import.Added ?>: <?cs var:Import.Added ?>, <?cs var:Lang.Import.Changed ?>: <?cs var:Import.Changed ?>, <?cs var:Lang.Import.Same ?>: <?cs var:Import.Same ?>, <?cs var:Lang.Import.Wrong ?>: <?cs var:Import.Wrong ?></p><?cs /if ?>
<?cs if:Import.Secrets.0.Name ?><p class="alert alert-success py-2"><?cs var:Lang.Import.Secrets ?></p>
<table class="table table-sm w-auto"><caption class="visually-hidden"><?cs var:Lang.Import.Secrets ?></caption><thead><tr><th scope="col"><?cs var:Lang.Rows.Account.login ?></th><th scope="col"><?cs var:Lang.Login.Password ?></th></tr></thead><tbody><?cs each:s = Import.Secrets ?><tr><th scope="row"><?cs var:s.Name ?></th><td class="num" data-secret><?cs var:s.Secret ?></td></tr><?cs /each ?></tbody></table><?cs /if ?>
<?cs if:Import.Errors.0.Line ?><table class="table table-sm list"><caption class="visually-hidden"><?cs var:Lang.Import.Protocol ?></caption><thead><tr><th scope="col"><?cs var:Lang.Import.Line ?></th><th scope="col"><?cs var:Lang.Import.What ?></th><th scope="col"><?cs var:Lang.Import.Error ?></th></tr></thead>
<tbody><?cs each:e = Import.Errors ?><tr><th scope="row" class="num"><?cs var:e.Line ?></th><td><?cs var:e.Column ?></td><td><?cs var:e.Text ?></td></tr>
<?cs /each ?></tbody></table><?cs /if ?>
<form method="post" action="/bulk/<?cs var:Rows.Path ?>/import" hx-push-url="false" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<p class="form-text"><?cs var:Lang.Import.About ?> <?cs var:Rows.File ?></p>
<label class="form-label" for="import-file"><?cs var:Lang.Import.File ?></label>
<input class="form-control form-control-sm mb-2" type="file" id="import-file" accept=".csv,text/csv" data-import-file="import-text">
<label class="form-label" for="import-text"><?cs var:Lang.Import.Text ?></label>
<textarea class="form-control form-control-sm num" id="import-text" name="text" rows="12" spellcheck="false"><?cs var:Import.Text ?></textarea>
<div class="d-flex gap-2 pt-2"><button class="btn btn-sm btn-primary" name="do" value="check"><?cs var:Lang.Import.Check ?></button>
<button class="btn btn-sm btn-outline-primary" name="do" value="load"><?cs var:Lang.Import.Load ?></button>
<a class="btn btn-sm btn-outline-secondary" href="/<?cs var:Rows.Path ?>"><?cs var:Lang.Rows.Back ?></a></div>
</form>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
