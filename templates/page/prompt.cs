<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Prompt.Name ?>
<?cs def:prompt_player(id, label) ?><audio controls preload="none" src="/admin/prompts/<?cs var:url_escape(Prompt.Use) ?>/<?cs var:url_escape(id) ?>" aria-label="<?cs var:label ?>"></audio><?cs /def ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/prompts", Prompt.Name) ?>
<?cs if:Prompt.Error ?><p class="alert alert-warning mx-3 py-2" role="alert"><?cs var:Prompt.Error ?></p><?cs /if ?>
<?cs if:Prompt.Saved == "1" ?><p class="alert alert-success mx-3 py-2" role="status"><?cs var:Lang.Setting.Saved ?></p><?cs /if ?>
<?cs if:Can.Edit == "1" ?><form class="row g-2 px-3 pb-3 align-items-end" method="post" action="/bulk/admin/prompts/<?cs var:url_escape(Prompt.Use) ?>" enctype="multipart/form-data" hx-encoding="multipart/form-data" hx-sync="this:drop" data-files aria-label="<?cs var:Lang.Prompt.Upload ?>">
<div class="col-md-4"><label class="form-label" for="prompt-name"><?cs var:Lang.Prompt.VersionName ?></label><input class="form-control form-control-sm" id="prompt-name" name="name" maxlength="80" required autocomplete="off"></div>
<div class="col-md-4"><label class="form-label" for="prompt-file"><?cs var:Lang.Prompt.File ?></label><input class="form-control form-control-sm" type="file" id="prompt-file" name="file" accept=".wav,.mp3,.ogg,audio/*" required></div>
<div class="col-auto"><button class="btn btn-sm btn-primary"><?cs var:Lang.Prompt.Upload ?></button></div>
<p class="col-12 form-text mb-0"><?cs var:Lang.Prompt.FileHint ?></p></form><?cs /if ?>
<section class="px-3 pb-3" id="prompt-files" aria-labelledby="prompt-files-title">
<div id="prompt-page"<?cs if:Prompt.Waiting == "1" ?> hx-get="/admin/prompts/<?cs var:url_escape(Prompt.Use) ?>" hx-trigger="load delay:1s" hx-select="#prompt-page" hx-target="#prompt-page" hx-swap="outerHTML" hx-headers='{"X-Refresh":"1"}'<?cs /if ?>>
<h2 class="h6" id="prompt-files-title"><?cs var:Lang.Prompt.Versions ?></h2>
<table class="table table-sm align-middle"><thead><tr><th scope="col"><?cs var:Lang.Prompt.Number ?></th><th scope="col"><?cs var:Lang.Prompt.VersionName ?></th><th scope="col"><?cs var:Lang.Prompt.Listen ?></th><th scope="col"><?cs var:Lang.Prompt.Length ?></th><th scope="col"><?cs var:Lang.Prompt.Uploaded ?></th></tr></thead>
<tbody aria-live="polite"><?cs each:f = Files ?><tr data-file="<?cs var:f.Id ?>"><td class="num"><?cs var:f.Number ?></td><td><?cs var:f.Name ?><div class="small text-body-secondary"><?cs var:f.Source ?></div></td><td><?cs if:f.Ready == "1" ?><?cs call:prompt_player(f.Id, f.Name) ?><?cs else ?><span<?cs if:f.Failed == "1" ?> class="text-danger-emphasis"<?cs /if ?>><?cs var:f.Why ?></span><?cs /if ?></td><td class="num"><?cs var:f.Length ?></td><td class="small"><?cs var:f.Who ?>, <?cs var:f.At ?></td></tr>
<?cs /each ?><tr><td>—</td><td><?cs var:Lang.Prompt.Delivered ?></td><td><?cs call:prompt_player("0", Lang.Prompt.Delivered) ?></td><td></td><td></td></tr></tbody></table>
<h2 class="h6"><?cs var:Lang.Prompt.InForce ?></h2>
<form class="row g-2 align-items-end" method="post" action="/admin/prompts/<?cs var:url_escape(Prompt.Use) ?>" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<?cs each:s = Scopes ?><div class="col-md-4"><?cs if:Can.Edit == "1" ?><label class="form-label" for="scope-<?cs var:s.Queue ?>"><?cs var:s.Name ?></label><input type="hidden" name="was-<?cs var:s.Queue ?>" value="<?cs var:s.File ?>">
<select class="form-select form-select-sm" id="scope-<?cs var:s.Queue ?>" name="file-<?cs var:s.Queue ?>"><option value="0"><?cs var:s.None ?></option><?cs each:f = Files ?><?cs if:f.Ready == "1" ?><option value="<?cs var:f.Id ?>"<?cs if:f.Id == s.File ?> selected<?cs /if ?>><?cs var:f.Number ?> · <?cs var:f.Name ?></option><?cs /if ?><?cs /each ?></select>
<?cs else ?><div class="form-label mb-0"><?cs var:s.Name ?></div><div><?cs if:s.Number ?><?cs var:s.Number ?><?cs else ?><?cs var:s.None ?><?cs /if ?></div><?cs /if ?></div>
<?cs /each ?><?cs if:Can.Edit == "1" ?><div class="col-auto"><button class="btn btn-sm btn-primary"><?cs var:Lang.Prompt.Put ?></button></div><?cs /if ?></form></div></section>
<?cs /def ?>
<?cs include:"layout.cs" ?>
