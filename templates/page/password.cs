<?cs set:Page.Title = Lang.Password.Title ?>
<?cs def:word(name, label, complete) ?><div class="mb-3"><label class="form-label" for="c-<?cs var:name ?>"><?cs var:label ?></label>
<input class="form-control<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="c-<?cs var:name ?>" name="<?cs var:name ?>" type="password" maxlength="200" autocomplete="<?cs var:complete ?>" required<?cs if:Invalid[name] ?> aria-invalid="true" aria-describedby="error-<?cs var:name ?>"<?cs /if ?>>
<?cs if:Invalid[name] ?><div class="invalid-feedback d-block" id="error-<?cs var:name ?>"><?cs var:Invalid[name] ?></div><?cs /if ?></div><?cs /def ?>
<?cs def:content() ?>
<div class="p-3 password-page">
<h1 class="h5"><?cs var:Lang.Password.Title ?></h1>
<?cs if:Password.OneTime == "1" ?><p role="status"><?cs var:Lang.Password.OneTime ?></p><?cs /if ?>
<form method="post" action="/password" hx-boost="false">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<input class="visually-hidden" type="text" name="login" value="<?cs var:Password.Login ?>" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
<?cs call:word("old", Lang.Password.Old, "current-password") ?>
<?cs call:word("fresh", Lang.Password.Fresh, "new-password") ?>
<?cs call:word("again", Lang.Password.Again, "new-password") ?>
<p class="form-text"><?cs var:Lang.Password.Rules ?></p>
<button class="btn btn-primary"><?cs var:Lang.Password.Save ?></button>
</form>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
