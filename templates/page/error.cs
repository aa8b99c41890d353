<?cs set:Page.Title = Error.Title ?>
<?cs include:"macros/kept.cs" ?>
<?cs def:content() ?>
<div class="p-4 error-page" data-error="<?cs var:Error.Key ?>" role="alert">
<h1 class="h4"><?cs var:Error.Title ?></h1>
<p><?cs var:Error.Text ?></p>
<p><?cs var:Error.Next ?></p>
<?cs if:User.Id ?><a class="btn btn-sm btn-primary" href="/"><?cs var:Lang.Error.ToJournal ?></a>
<?cs else ?><a class="btn btn-sm btn-primary" href="/login"><?cs var:Lang.Error.ToLogin ?></a><?cs /if ?>
</div>
<?cs call:kept() ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
