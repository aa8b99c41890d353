<?cs set:Page.Title = Lang.Report.Title ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center px-3 py-2">
<h1 class="h5 mb-0" id="report-title"><?cs var:Lang.Report.Title ?></h1>
<a class="small ms-3" href="/report/refused"><?cs var:Lang.Refused.Title ?></a>
</div>
<form class="filter row g-2 align-items-end px-3 pb-2" method="get" action="/report" hx-sync="this:replace" role="search" aria-label="<?cs var:Lang.Report.Title ?>">
<div class="col-auto"><label class="form-label" for="r-from"><?cs var:Lang.Filter.From ?></label>
<input class="form-control form-control-sm report-date" id="r-from" name="from" type="date" value="<?cs var:Ask.From ?>"></div>
<div class="col-auto"><label class="form-label" for="r-to"><?cs var:Lang.Filter.To ?></label>
<input class="form-control form-control-sm report-date" id="r-to" name="to" type="date" value="<?cs var:Ask.To ?>"></div>
<?cs if:!Ask.Own ?>
<div class="col-auto"><label class="form-label" for="r-queue"><?cs var:Lang.Report.Queue ?></label>
<select class="form-select form-select-sm" id="r-queue" name="queue"><option value=""><?cs var:Lang.Filter.All ?></option><?cs each:q = Queues ?><option value="<?cs var:q.Id ?>"<?cs if:q.Chosen ?> selected<?cs /if ?>><?cs var:q.Name ?></option><?cs /each ?></select></div>
<div class="col-auto"><label class="form-label" for="r-user"><?cs var:Lang.Report.User ?></label>
<select class="form-select form-select-sm" id="r-user" name="user"><option value=""><?cs var:Lang.Filter.All ?></option><?cs each:p = People ?><option value="<?cs var:p.Id ?>"<?cs if:p.Chosen ?> selected<?cs /if ?>><?cs var:p.Name ?></option><?cs /each ?></select></div>
<?cs /if ?>
<div class="col-auto"><label class="form-label" for="r-t"><?cs var:Lang.Report.T ?></label>
<input class="form-control form-control-sm num" id="r-t" name="t" type="number" min="1" max="600" value="<?cs var:Ask.T ?>"></div>
<div class="col-auto"><button class="btn btn-sm btn-primary"><?cs var:Lang.Report.Show ?></button></div>
</form>
<?cs if:Ask.Error ?><p class="alert alert-danger py-2 mx-3" role="alert"><?cs var:Ask.Error ?></p><?cs /if ?>
<?cs if:?Total.Sum ?>
<div class="journal-scroll" tabindex="0" role="region" aria-labelledby="report-title">
<table class="table table-sm list figures mb-0">
<caption class="visually-hidden"><?cs var:Lang.Report.Title ?></caption>
<thead><tr>
<th scope="col"><?cs var:Lang.Report.Name ?></th>
<th scope="col"><?cs var:Lang.Report.Value ?></th>
<th scope="col"><?cs var:Lang.Report.Sum ?></th>
<th scope="col"><?cs var:Lang.Report.Formula ?></th>
</tr></thead>
<?cs each:group = Groups ?>
<tbody>
<tr class="group"><th scope="rowgroup" colspan="4"><?cs var:group.Name ?><?cs if:group.Note ?> <span class="note"><?cs var:group.Note ?></span><?cs /if ?></th></tr>
<?cs each:row = group.Rows ?><tr data-figure="<?cs var:row.Code ?>"<?cs if:row.Part ?> class="part"<?cs /if ?>>
<th scope="row"><?cs var:row.Name ?></th><td class="value"><?cs var:row.Value ?></td><td class="sum"><?cs var:row.Sum ?></td><td class="formula"><?cs var:row.Formula ?></td>
</tr>
<?cs /each ?></tbody>
<?cs /each ?>
<tbody>
<tr class="group"><th scope="rowgroup" colspan="4"><?cs var:Lang.Report.States ?></th></tr>
<?cs each:s = States ?><tr data-state><th scope="row"><?cs var:s.Name ?></th><td class="value"><?cs var:s.Time ?></td><td class="sum"><?cs var:s.Share ?> %</td><td></td></tr>
<?cs /each ?><tr class="total"><th scope="row"><?cs var:Lang.Report.StatesSum ?></th><td class="value" data-states-sum><?cs var:Total.Sum ?></td><td></td><td class="formula"><?cs var:Lang.Report.StatesCalls ?> <span data-states-calls><?cs var:Total.Calls ?></span> (<?cs var:Total.Count ?>)<?cs if:Total.Differ ?> <span class="states-differ"><?cs var:Lang.Report.StatesDiffer ?></span><?cs /if ?></td></tr>
</tbody>
</table>
</div>
<?cs /if ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
