<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Lang.Prompt.Title ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/prompts", Lang.Prompt.Title) ?>
<p class="px-3 small text-body-secondary"><?cs var:Lang.Prompt.Hint ?></p>
<div class="table-responsive px-3"><table class="table table-sm align-middle list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Prompt.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Prompt.What ?></th><th scope="col"><?cs var:Lang.Prompt.InForce ?></th></tr></thead>
<tbody><?cs each:u = Uses ?><tr><th scope="row" class="fw-normal"><a href="/admin/prompts/<?cs var:url_escape(u.Use) ?>"><?cs var:u.Name ?></a></th><td><?cs if:u.Own ?><?cs var:Lang.Prompt.OwnIn ?>: <?cs var:u.Own ?><?cs else ?><?cs var:Lang.Prompt.Delivered ?><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
