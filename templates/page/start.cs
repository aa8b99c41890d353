<?cs include:"macros/admin.cs" ?><?cs include:"macros/trunks.cs" ?>
<?cs set:Page.Title = Lang.Start.Title ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/start", Lang.Start.Title) ?>
<p class="px-3"><?cs var:Lang.Start.Hint ?> <b role="status"><?cs var:Lang.Start.Count ?>: <?cs var:Start.Done ?> / <?cs var:Start.All ?></b></p>
<ol class="list-group list-group-numbered px-3 pb-3 start-steps">
<?cs each:s = Steps ?><li class="list-group-item d-flex gap-3 align-items-baseline" data-step="<?cs var:s.Key ?>"<?cs if:s.Done == "1" ?> data-done<?cs /if ?>>
<div class="flex-grow-1"><h2 class="h6 mb-1"><?cs var:s.Title ?></h2><p class="small mb-1"><?cs var:s.About ?></p>
<?cs if:s.Now != "" ?><p class="small text-body-secondary mb-1"><?cs var:Lang.Start.Now ?>: <?cs var:s.Now ?></p><?cs /if ?>
<?cs if:s.Key == "Call" && May.Phone == "1" ?><?cs call:call_oneself() ?><?cs /if ?></div>
<span class="badge <?cs if:s.Done == "1" ?>text-bg-success<?cs else ?>text-bg-secondary<?cs /if ?>"><?cs if:s.Done == "1" ?><?cs var:Lang.Start.Ready ?><?cs else ?><?cs var:Lang.Start.Open ?><?cs /if ?></span>
<?cs if:s.Href ?><a class="btn btn-sm btn-outline-primary text-nowrap" href="/admin/<?cs var:s.Href ?>"><?cs var:s.Link ?></a><?cs elif:s.Other ?><span class="small text-body-secondary text-nowrap"><?cs var:s.Other ?></span><?cs /if ?>
</li>
<?cs /each ?></ol>
<?cs /def ?>
<?cs include:"layout.cs" ?>
