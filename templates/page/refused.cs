<?cs set:Page.Title = Lang.Refused.Title ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center gap-3 px-3 py-2">
<h1 class="h5 mb-0" id="refused-title"><?cs var:Lang.Refused.Title ?></h1>
<span class="text-body-secondary small"><?cs var:Lang.Refused.Days ?>: <span class="num" data-dials><?cs var:Dials ?></span></span>
<?cs if:Cut.Refused ?><span class="small text-body-secondary"><?cs var:Cut.Refused ?></span><?cs /if ?>
</div>
<div class="journal-scroll" tabindex="0" role="region" aria-labelledby="refused-title">
<table class="table table-sm list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Refused.Title ?></caption>
<thead><tr>
<th scope="col"><?cs var:Lang.Calls.At ?></th>
<th scope="col"><?cs var:Lang.Report.User ?></th>
<th scope="col"><?cs var:Lang.Calls.Number ?></th>
<th scope="col"><?cs var:Lang.Refused.Why ?></th>
</tr></thead>
<tbody>
<?cs each:row = Rows ?>
<tr data-refused><td class="text-nowrap"><?cs var:row.At ?></td><td class="text-nowrap"><?cs var:row.Who ?></td><td class="num text-nowrap"><?cs var:row.Number ?></td><td><?cs var:row.Why ?><?cs if:row.More ?> <?cs var:Lang.Refused.More ?> <span class="num"><?cs var:row.More ?></span><?cs /if ?></td></tr>
<?cs /each ?>
</tbody>
</table>
<?cs if:!?Rows.0.At ?><p class="list-none text-body-secondary"><?cs var:Lang.Refused.Empty ?></p><?cs /if ?>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
