<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Lang.OrgError.Title ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/organizations/errors", Lang.OrgError.Title) ?>
<div class="table-responsive px-3"><table class="table table-sm list mb-0">
<caption class="visually-hidden"><?cs var:Lang.OrgError.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.OrgError.At ?></th><th scope="col"><?cs var:Lang.OrgError.Entry ?></th><th scope="col"><?cs var:Lang.OrgError.Text ?></th><th scope="col"><?cs var:Lang.OrgError.Who ?></th><th scope="col"><?cs var:Lang.OrgError.State ?></th></tr></thead>
<tbody><?cs each:e = Errors ?><tr><td class="text-nowrap num"><?cs var:e.At ?></td>
<th scope="row"><?cs if:e.Org ?><a href="/admin/organizations/<?cs var:url_escape(e.Org) ?>"><?cs var:e.Entry ?></a><?cs else ?><?cs var:e.Entry ?><?cs /if ?></th>
<td class="text-break"><?cs var:e.Text ?></td><td><?cs var:e.Who ?></td>
<td><?cs if:e.New == "1" ?><form class="d-flex gap-2" method="post" action="/admin/organizations/errors/<?cs var:url_escape(e.Id) ?>" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><?cs each:s = Lang.OrgErrorStates ?><button class="btn btn-sm btn-outline-secondary" name="state" value="<?cs var:s.Code ?>" aria-label="<?cs var:s.Name ?>: <?cs var:e.Entry ?>"><?cs var:s.Name ?></button><?cs /each ?></form><?cs else ?><?cs var:e.State ?>: <?cs var:e.Decider ?>, <span class="num"><?cs var:e.Decided ?></span><?cs /if ?></td></tr>
<?cs /each ?><?cs if:!?Errors.0.Id ?><tr><td colspan="5" class="text-body-secondary"><?cs var:Lang.OrgError.Empty ?></td></tr><?cs /if ?></tbody></table>
<?cs if:Cut.Errors ?><p class="small text-body-secondary mb-0"><?cs var:Cut.Errors ?></p><?cs /if ?></div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
