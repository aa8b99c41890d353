<?cs set:Page.Title = Lang.Review.Title ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center gap-2 px-3 py-2">
<h1 class="h5 mb-0 me-auto"><?cs var:Lang.Review.Title ?></h1>
</div>
<ul class="nav nav-tabs counted px-3 mb-2">
<?cs each:t = Tabs ?><li class="nav-item"><a class="nav-link<?cs if:t.Active == "1" ?> active<?cs /if ?>" href="/review?<?cs var:t.Query ?>"<?cs if:t.Active == "1" ?> aria-current="page"<?cs /if ?>><?cs var:t.Name ?></a> <span class="badge text-bg-secondary"><?cs var:t.Count ?></span></li>
<?cs /each ?></ul>
<?cs if:Review.Message ?><div class="alert alert-success py-2 mx-3" role="status"><?cs if:Review.Number ?>№ <?cs var:Review.Number ?>: <?cs /if ?><?cs var:Review.Message ?></div><?cs /if ?>
<?cs if:Review.Warning ?><div class="alert alert-warning py-2 mx-3" role="alert"><?cs var:Review.Warning ?></div><?cs /if ?>
<?cs if:Review.Over ?><div class="alert alert-warning py-2 mx-3" role="alert"><?cs var:Review.Over ?></div><?cs /if ?>
<form method="post" action="/review" data-review hx-sync="this:drop" hx-push-url="false">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<div class="table-responsive journal-scroll">
<table class="table table-sm table-hover align-middle list review mb-0">
<caption class="visually-hidden"><?cs var:Lang.Review.Title ?></caption>
<thead><tr>
<th scope="col"><span class="visually-hidden"><?cs var:Lang.Review.Pick ?></span></th>
<th scope="col"><?cs var:Lang.Field.Number ?></th>
<th scope="col"><?cs var:Lang.Review.Kind ?></th>
<th scope="col"><?cs var:Lang.Review.Since ?></th>
<th scope="col"><?cs var:Lang.Field.Due ?></th>
<th scope="col"><?cs var:Lang.Field.Type ?></th>
<th scope="col"><?cs var:Lang.Review.Result ?></th>
<th scope="col"><?cs var:Lang.Field.Fio ?></th>
<th scope="col"><?cs var:Lang.Field.Assignee ?></th>
</tr></thead>
<tbody>
<?cs each:row = Queue ?>
<tr data-review-row="<?cs var:row.Id ?>"<?cs if:row.Overdue == "1" ?> class="row-overdue"<?cs /if ?>>
<td><?cs if:row.Batch == "1" ?><input class="form-check-input" type="checkbox" name="pick" value="<?cs var:row.Id ?>-<?cs var:row.Version ?>" aria-label="<?cs var:Lang.Review.Pick ?> <?cs var:row.Number ?>"><?cs /if ?></td>
<td class="text-nowrap"><a href="/appeal/<?cs var:url_escape(row.Id) ?>?queue=1"><?cs var:row.Number ?></a></td>
<td><?cs var:row.Kind ?><?cs if:row.Returns ?> <span class="badge text-bg-secondary"><?cs var:Lang.Review.Returns ?>: <?cs var:row.Returns ?></span><?cs /if ?></td>
<td><?cs var:row.Since ?><?cs if:row.Late == "1" ?> <span class="badge text-bg-danger"><?cs var:Lang.Review.Late ?></span><?cs /if ?></td>
<td><?cs var:row.Due ?><?cs if:row.Overdue == "1" ?> <span class="badge text-bg-danger"><?cs var:Lang.Review.Overdue ?></span><?cs /if ?><?cs if:row.Requested ?> <span class="small text-body-secondary"><?cs var:Lang.Review.Requested ?> <?cs var:row.Requested ?></span><?cs /if ?></td>
<td><span class="type"><?cs var:row.Type ?></span><?cs if:row.Theme ?> <span class="text-body-secondary small theme" title="<?cs var:row.Theme ?>"><?cs var:row.Theme ?></span><?cs /if ?></td>
<td><?cs var:row.Result ?></td>
<td><?cs var:row.Fio ?></td>
<td class="text-nowrap"><?cs var:row.Assignee ?></td>
</tr>
<?cs /each ?>
<?cs if:!?Queue.0.Id ?><tr><td colspan="9" class="text-body-secondary py-4 text-center"><?cs var:Lang.Review.Empty ?></td></tr><?cs /if ?>
</tbody>
</table>
<?cs if:Cut.Queue ?><p class="small text-body-secondary px-3 mb-0"><?cs var:Cut.Queue ?></p><?cs /if ?>
</div>
<div class="card-actions d-flex gap-3 align-items-center px-3 py-2">
<button class="btn btn-sm btn-success" data-batch disabled><?cs var:Lang.Review.Batch ?></button>
<span class="small text-body-secondary"><?cs var:Lang.Review.Hint ?></span>
</div>
</form>
<?cs /def ?>
<?cs include:"layout.cs" ?>
