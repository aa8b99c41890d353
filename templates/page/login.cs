<?cs set:Page.Title = Lang.Login.Title ?>
<?cs def:content() ?>
<div class="card login-card shadow-sm">
<div class="card-body">
<p class="text-body-secondary mb-1"><?cs var:Lang.Product ?> · <?cs var:Lang.ProductLong ?></p>
<h1 class="h4 mb-3" id="login-title"><?cs var:Lang.Login.Title ?></h1>
<form method="post" action="/login" aria-labelledby="login-title">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<input type="hidden" name="next" value="<?cs var:Login.Next ?>">
<?cs if:Login.Message ?><div class="alert alert-danger py-2" role="alert"><?cs var:Login.Message ?></div><?cs /if ?>
<div class="mb-2">
<label class="form-label" for="login"><?cs var:Lang.Login.Name ?></label>
<input class="form-control" id="login" name="login" value="<?cs var:Login.Name ?>" autocomplete="username" maxlength="64" required autofocus>
</div>
<div class="mb-3">
<label class="form-label" for="password"><?cs var:Lang.Login.Password ?></label>
<input class="form-control" id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required>
</div>
<button class="btn btn-primary w-100"><?cs var:Lang.Login.Enter ?></button>
</form>
<form class="mt-3 text-end" method="post" action="/lang">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<button class="btn btn-sm btn-link" name="lang" value="<?cs var:Lang.Other.Code ?>" lang="<?cs var:Lang.Other.Code ?>"><?cs var:Lang.Other.Name ?></button>
</form>
</div>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
