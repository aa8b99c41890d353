<?cs set:Page.Title = Lang.OrgError.Report ?>
<?cs def:content() ?>
<div class="page-head px-3 py-2"><h1 class="h5 mb-0"><?cs var:Lang.OrgError.Report ?></h1></div>
<form class="px-3 col-12 col-xl-6" method="post" action="/directory/organizations/<?cs var:url_escape(Entry.Id) ?>/error" hx-sync="this:drop">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<p class="mb-2"><strong><?cs var:Entry.Name ?></strong><br><?cs var:Entry.FullName ?></p>
<label class="form-label" for="c-text"><?cs var:Lang.OrgError.Text ?></label>
<textarea class="form-control form-control-sm<?cs if:Invalid.text ?> is-invalid<?cs /if ?>" id="c-text" name="text" rows="4" maxlength="1000" required autofocus<?cs if:Invalid.text ?> aria-invalid="true" aria-describedby="error-text"<?cs else ?> aria-describedby="hint-text"<?cs /if ?>><?cs var:Typed.text ?></textarea>
<?cs if:Invalid.text ?><div class="invalid-feedback d-block" id="error-text"><?cs var:Invalid.text ?></div><?cs /if ?>
<div class="form-text" id="hint-text"><?cs var:Lang.OrgError.Hint ?></div>
<div class="d-flex gap-2 pt-2"><button class="btn btn-sm btn-primary"><?cs var:Lang.OrgError.Send ?></button>
<a class="btn btn-sm btn-outline-secondary" href="/directory/organizations"><?cs var:Lang.Rows.Back ?></a></div>
</form>
<?cs /def ?>
<?cs include:"layout.cs" ?>
