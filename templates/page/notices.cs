<?cs set:Page.Title = Lang.Notices.Title ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center gap-2 px-3 py-2">
<h1 class="h5 mb-0 me-auto"><?cs var:Lang.Notices.Title ?></h1>
<form method="post" action="/notices" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-outline-secondary"><?cs var:Lang.Notices.ReadAll ?></button></form>
</div>
<div class="table-responsive px-3" data-notices>
<table class="table table-sm table-hover align-middle list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Notices.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Notices.At ?></th><th scope="col"><?cs var:Lang.Notices.Text ?></th><th scope="col"><?cs var:Lang.Notices.State ?></th></tr></thead>
<tbody>
<?cs each:n = Notices ?><tr<?cs if:n.New == "1" ?> class="fw-semibold"<?cs /if ?>><td class="text-nowrap"><?cs var:n.At ?></td>
<td><?cs if:n.Appeal ?><a href="/appeal/<?cs var:url_escape(n.Appeal) ?>"><?cs var:n.Text ?></a><?cs elif:n.Answer ?><a href="/admin/scenarios/<?cs var:url_escape(n.Answer) ?>"><?cs var:n.Text ?></a><?cs if:n.Why ?><div class="small fw-normal"><?cs var:n.Why ?></div><?cs /if ?><?cs elif:n.OrgError == "1" ?><a href="/admin/organizations/errors"><?cs var:n.Text ?></a><?cs else ?><a href="/?<?cs var:n.Query ?>"><?cs var:n.Text ?></a><?cs /if ?></td>
<td><?cs if:n.New == "1" ?><?cs var:Lang.Notices.New ?><?cs /if ?></td></tr>
<?cs /each ?><?cs if:!?Notices.0.Text ?><tr><td colspan="3" class="text-body-secondary py-4 text-center"><?cs var:Lang.Notices.Empty ?></td></tr><?cs /if ?>
</tbody></table>
<?cs if:Cut.Notices ?><p class="small text-body-secondary mb-0"><?cs var:Cut.Notices ?></p><?cs /if ?>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
