<?cs set:Page.Title = Lang.Calls.Title ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center px-3 py-2">
<h1 class="h5 mb-0"><?cs var:Lang.Calls.Title ?></h1>
</div>
<div class="journal-scroll">
<table class="table table-sm table-hover align-middle list calls-list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Calls.Title ?></caption>
<thead><tr>
<th scope="col"><?cs var:Lang.Calls.At ?></th>
<th scope="col"><?cs var:Lang.Calls.Direction ?></th>
<th scope="col"><?cs var:Lang.Calls.Number ?></th>
<th scope="col"><?cs var:Lang.Calls.Outcome ?></th>
<th scope="col"><?cs var:Lang.Calls.Length ?></th>
<th scope="col"><?cs var:Lang.Calls.Actions ?></th>
</tr></thead>
<tbody data-list-rows>
<?cs each:row = Rows ?>
<tr tabindex="-1" class="<?cs if:row.Became == "Missed" ?>row-overdue<?cs /if ?>" data-call="<?cs var:row.Id ?>" data-became="<?cs var:row.Became ?>" data-number="<?cs var:row.Dial ?>">
<td class="text-nowrap"><?cs var:row.At ?></td>
<td class="text-nowrap"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#call-<?cs var:row.DirectionCode ?>"></use></svg> <?cs var:row.Direction ?></td>
<td><span class="num text-nowrap"><?cs var:row.Number ?></span><?cs if:row.Peer ?> <span class="text-body-secondary small text-nowrap"><?cs var:row.Peer ?></span><?cs /if ?></td>
<td class="text-nowrap"><?cs if:row.Became == "Missed" ?><span class="mark-missed"><?cs var:row.Outcome ?></span><?cs else ?><?cs var:row.Outcome ?><?cs /if ?></td>
<td class="num"><?cs var:row.Length ?></td>
<td class="row-actions"><?cs if:row.Dial ?><button type="button" class="row-btn" data-dial="<?cs var:row.Dial ?>" disabled><?cs var:Lang.Calls.Dial ?></button><?cs /if ?><?cs if:May.Register == "1" && row.MayAdd ?><form method="post" action="/appeal" hx-sync="this:drop" hx-disabled-elt="find button"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="call" value="<?cs var:row.Call ?>"><input type="hidden" name="phone" value="<?cs var:row.Phone ?>"><button class="row-btn"><?cs var:Lang.Calls.Add ?></button></form><?cs /if ?><?cs if:row.Appeal ?><a class="row-btn" href="/appeal/<?cs var:url_escape(row.Appeal) ?>"><?cs var:Lang.Calls.Card ?></a><?cs /if ?></td>
</tr>
<?cs /each ?>
</tbody>
</table>
<?cs if:!?Rows.0.Id ?><p class="list-none text-body-secondary"><?cs var:Lang.Calls.Empty ?></p><?cs /if ?>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
