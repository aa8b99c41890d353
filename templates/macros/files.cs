<?cs # Files of the appeal (K-5.2.1.2-4). File.May: read, edit or nothing. ?>
<?cs def:files() ?>
<section id="attachments" class="mx-3 mb-3" aria-labelledby="files-title">
<?cs if:File.May ?>
<h2 class="h6" id="files-title"><?cs var:Lang.File.Title ?></h2>
<?cs if:File.Done == "1" ?><p class="alert alert-success py-1 mb-1" role="status"><?cs var:Lang.File.Done ?></p><?cs /if ?>
<?cs if:?FileErrors.0.Text ?><div class="alert alert-danger py-1 mb-1" role="alert"><?cs each:e = FileErrors ?><div><?cs if:e.Name ?>«<?cs var:e.Name ?>»: <?cs /if ?><?cs var:e.Text ?></div><?cs /each ?></div><?cs /if ?>
<?cs if:?Files.0.Id ?><div class="table-responsive"><table class="table table-sm align-middle mb-1">
<thead><tr><th scope="col"><?cs var:Lang.File.Name ?></th><th scope="col"><?cs var:Lang.File.Number ?></th><th scope="col"><?cs var:Lang.File.Date ?></th><th scope="col"><?cs var:Lang.File.Size ?></th><th scope="col"><?cs var:Lang.File.Added ?></th><th scope="col"><?cs var:Lang.Journal.Actions ?></th></tr></thead><tbody>
<?cs each:f = Files ?><tr data-file="<?cs var:f.Id ?>">
<td><?cs var:f.Name ?><?cs if:f.Answer ?> <span class="badge text-bg-secondary"><?cs var:Lang.File.OfAnswer ?></span><?cs /if ?><?cs if:f.Fault ?> <span class="text-danger small"><?cs var:Lang.File.Quarantine ?>: <?cs var:f.Fault ?></span><?cs /if ?></td>
<td><?cs var:f.Number ?></td><td><?cs var:f.Date ?></td><td><?cs var:f.Kib ?> <?cs var:Lang.File.Kib ?></td><td><?cs var:f.Who ?>, <?cs var:f.At ?></td>
<td class="text-nowrap"><?cs if:!f.Fault ?><a class="btn btn-sm btn-outline-primary" href="/appeal/<?cs var:url_escape(Card.Id) ?>/file/<?cs var:url_escape(f.Id) ?>" hx-boost="false" download><?cs var:Lang.File.Download ?></a><?cs /if ?>
<?cs if:File.May == "edit" ?><form class="d-inline" method="post" action="/appeal/<?cs var:url_escape(Card.Id) ?>/file/<?cs var:url_escape(f.Id) ?>/delete" hx-target="#attachments" hx-select="#attachments" hx-swap="outerHTML" hx-push-url="false" data-files data-ask="<?cs var:Lang.File.AskDelete ?>" data-yes="<?cs var:Lang.File.Delete ?>" data-no="<?cs var:Lang.Shift.Cancel ?>"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-outline-danger"><?cs var:Lang.File.Delete ?></button></form><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div><?cs /if ?>
<?cs if:File.May == "edit" ?>
<form class="row g-2 align-items-end" method="post" action="/bulk/appeal/<?cs var:url_escape(Card.Id) ?>/files" enctype="multipart/form-data" hx-encoding="multipart/form-data" hx-target="#attachments" hx-select="#attachments" hx-swap="outerHTML" hx-push-url="false" hx-sync="this:drop" data-files>
<div class="col-md-2"><label class="form-label" for="doc_number"><?cs var:Lang.File.Number ?></label><input class="form-control form-control-sm" id="doc_number" name="doc_number" value="<?cs var:FileTyped.doc_number ?>" maxlength="40" autocomplete="off"></div>
<div class="col-md-3"><label class="form-label" for="doc_date"><?cs var:Lang.File.Date ?></label><input class="form-control form-control-sm" id="doc_date" name="doc_date" value="<?cs var:FileTyped.doc_date ?>" maxlength="10" autocomplete="off"></div>
<?cs if:?FileAnswers.0.Id ?><div class="col-md-3"><label class="form-label" for="file-answer"><?cs var:Lang.File.Answer ?></label><select class="form-select form-select-sm" id="file-answer" name="answer"><option value=""><?cs var:Lang.File.NoAnswer ?></option><?cs each:a = FileAnswers ?><option value="<?cs var:a.Id ?>"><?cs var:a.Name ?></option><?cs /each ?></select></div><?cs /if ?>
<div class="col-md-4"><label class="form-label" for="file"><?cs var:Lang.File.Choose ?></label><input class="form-control form-control-sm" type="file" id="file" name="file" multiple accept=".pdf,.doc,.docx,.xls,.xlsx,.jpg,.jpeg,.png,.tif,.tiff,.zip"></div>
<div class="col-auto"><button class="btn btn-sm btn-outline-primary"><?cs var:Lang.File.Add ?></button></div>
<p class="col-12 form-text mb-0"><?cs var:Lang.File.Note ?></p>
</form><?cs /if ?>
<?cs /if ?>
</section>
<?cs /def ?>
