<?cs include:"macros/dial.cs" ?>
<?cs include:"macros/recording.cs" ?>
<?cs include:"macros/journal_filter.cs" ?>
<?cs set:Page.Title = Lang.Journal.Title ?>
<?cs def:option(value, text, chosen) ?><option value="<?cs var:value ?>"<?cs if:value == chosen ?> selected<?cs /if ?>><?cs var:text ?></option><?cs /def ?>
<?cs # the filter of the rows that are shown, whatever stands in the fields by now ?>
<?cs def:applied() ?><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><?cs each:u = Filter.Used ?><input type="hidden" name="<?cs var:u.Name ?>" value="<?cs var:u.Value ?>"><?cs /each ?><?cs /def ?>
<?cs def:post_button(what, id, verb, text, kind) ?><form class="d-inline" method="post" action="/<?cs var:url_escape(what) ?>/<?cs var:url_escape(id) ?>/<?cs var:url_escape(verb) ?>" hx-sync="this:drop" hx-disabled-elt="find button"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-<?cs var:kind ?>"><?cs var:text ?></button></form><?cs /def ?>
<?cs def:content() ?>
<div class="page-head d-flex align-items-center gap-2 px-3 py-2">
<h1 class="h5 mb-0 me-auto"><?cs var:Lang.Journal.Title ?></h1>
<?cs if:May.Journal == "1" && (SavedMay == "1" || ?Saved.0.Id) ?><details class="head-menu">
<summary class="btn btn-sm btn-outline-secondary"><?cs if:SavedNow ?><?cs var:SavedNow ?><?cs else ?><?cs var:Lang.Saved.Title ?><?cs /if ?></summary>
<div class="head-menu-box border rounded shadow-sm p-3">
<?cs if:?Saved.0.Id ?><ul class="list-unstyled mb-2">
<?cs each:s = Saved ?><li class="d-flex align-items-center gap-2"><a class="me-auto" href="/?<?cs var:s.Query ?>"<?cs if:s.Active == "1" ?> aria-current="true"<?cs /if ?>><?cs var:s.Name ?></a>
<form method="post" action="/journal/saved/<?cs var:url_escape(s.Id) ?>/delete" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-link" aria-label="<?cs var:Lang.Saved.Drop ?> <?cs var:s.Name ?>">&#10005;</button></form></li>
<?cs /each ?></ul><?cs /if ?>
<?cs if:SavedMay == "1" ?><form method="post" action="/journal/saved" hx-sync="this:drop" hx-disabled-elt="find button">
<?cs call:applied() ?>
<label class="form-label" for="saved-title"><?cs var:Lang.Saved.Name ?></label>
<div class="d-flex gap-2"><input class="form-control form-control-sm" id="saved-title" name="title" maxlength="60" required autocomplete="off" value="<?cs var:SavedNow ?>">
<button class="btn btn-sm btn-primary"><?cs var:Lang.Saved.Save ?></button></div>
<?cs if:Filter.Personal ?><p class="small mt-2 mb-0"><?cs var:Lang.Saved.Personal ?></p><?cs /if ?>
<?cs if:SavedFull == "1" ?><p class="small mt-2 mb-0"><?cs var:Lang.Saved.Full ?></p><?cs /if ?>
</form><?cs /if ?>
</div>
</details><?cs /if ?>
<?cs if:May.Export == "1" && May.Journal == "1" ?><details class="head-menu export">
<summary class="btn btn-sm btn-outline-secondary"><?cs var:Lang.Export.Title ?></summary>
<form class="head-menu-box border rounded shadow-sm p-3" method="post" action="/bulk/journal/export" target="_blank" rel="noopener" hx-boost="false">
<?cs call:applied() ?>
<p class="small mb-2"><?cs var:Lang.Export.What ?></p>
<label class="form-label" for="export-purpose"><?cs var:Lang.Export.Purpose ?></label>
<textarea class="form-control form-control-sm mb-2" id="export-purpose" name="purpose" rows="2" minlength="5" maxlength="300" required></textarea>
<button class="btn btn-sm btn-primary" name="format" value="xlsx">XLSX</button>
<button class="btn btn-sm btn-outline-secondary" name="format" value="csv">CSV</button>
</form>
</details><?cs /if ?>
<?cs if:May.Register == "1" ?>
<form method="post" action="/appeal" data-new hx-sync="this:drop" hx-disabled-elt="find button">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<button class="btn btn-sm btn-primary"><?cs var:Lang.Journal.New ?></button>
</form>
<?cs /if ?>
</div>
<?cs if:May.Journal == "1" ?><ul class="nav nav-tabs counted px-3 mb-2"<?cs if:Tab.Unassigned == "1" ?> data-unassigned<?cs /if ?>>
<li class="nav-item"><a class="nav-link<?cs if:Tab.Unassigned != "1" && Tab.Active != "1" ?> active<?cs /if ?>" href="/"<?cs if:Tab.Unassigned != "1" && Tab.Active != "1" ?> aria-current="page"<?cs /if ?>><?cs var:Lang.Journal.All ?></a></li>
<?cs each:t = Tabs ?><li class="nav-item"><a class="nav-link<?cs if:t.Active == "1" ?> active<?cs /if ?>" href="/?<?cs var:t.Query ?>"<?cs if:t.Active == "1" ?> aria-current="page"<?cs /if ?> aria-describedby="tab-<?cs var:t.Code ?>"><?cs var:t.Name ?></a> <span class="badge text-bg-secondary" data-tab-count id="tab-<?cs var:t.Code ?>"><?cs var:t.Count ?></span></li>
<?cs /each ?>
<?cs if:Tab.May == "1" ?><li class="nav-item"><a class="nav-link<?cs if:Tab.Unassigned == "1" ?> active<?cs /if ?>" href="/?status=UNASSIGNED"<?cs if:Tab.Unassigned == "1" ?> aria-current="page"<?cs /if ?> aria-describedby="unassigned-count"><?cs var:Lang.Journal.Unassigned ?></a> <span class="badge text-bg-secondary" data-tab-count id="unassigned-count"><?cs var:Tab.Count ?></span></li><?cs /if ?>
<li class="nav-item"><a class="nav-link<?cs if:Tab.Archive == "1" ?> active<?cs /if ?>" href="/?status=CLOSED"<?cs if:Tab.Archive == "1" ?> aria-current="page"<?cs /if ?>><?cs var:Lang.Journal.Archive ?></a></li>
</ul><?cs /if ?>
<?cs if:Late ?><p class="alert alert-warning py-2 mx-3" role="alert"><?cs var:Late ?></p><?cs /if ?>
<?cs if:May.Journal != "1" ?>
<p class="px-3"><?cs var:Lang.Journal.NoAccess ?></p>
<?cs else ?>
<form class="filter row g-2 align-items-end px-3 pb-2" method="post" action="/" hx-push-url="false" hx-sync="this:replace" role="search" aria-label="<?cs var:Lang.Filter.Title ?>">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<div class="col-auto"><label class="form-label" for="f-number"><?cs var:Lang.Field.Number ?></label>
<?cs call:filter_kept("sort", Filter.Sort) ?><input class="form-control form-control-sm" id="f-number" name="number" value="<?cs var:Filter.Number ?>" maxlength="16" size="12"></div>
<?cs if:May.Persons == "1" ?><div class="col-auto"><label class="form-label" for="f-name"><?cs var:Lang.Field.Fio ?></label>
<input class="form-control form-control-sm" id="f-name" name="name" value="<?cs var:Filter.Name ?>" maxlength="120" size="18"></div><?cs /if ?>
<div class="col-auto"><label class="form-label" for="f-type"><?cs var:Lang.Field.Type ?></label>
<select class="form-select form-select-sm" id="f-type" name="type">
<option value=""><?cs var:Lang.Filter.All ?></option>
<?cs each:t = Lang.Types ?><?cs call:option(t.Code, t.Name, Filter.Type) ?><?cs /each ?>
</select></div>
<div class="col-auto"><label class="form-label" for="f-status"><?cs var:Lang.Field.Status ?></label>
<select class="form-select form-select-sm" id="f-status" name="status">
<option value=""><?cs var:Lang.Filter.Active ?></option>
<?cs if:Tab.May == "1" ?><?cs call:option("UNASSIGNED", Lang.Journal.Unassigned, Filter.Status) ?><?cs /if ?>
<?cs each:t = Tabs ?><?cs if:t.Code != "DEFERRED" ?><?cs call:option(t.Code, t.Name, Filter.Status) ?><?cs /if ?><?cs /each ?>
<?cs call:option("ALL", Lang.Filter.All, Filter.Status) ?>
<?cs each:s = Lang.Statuses ?><?cs call:option(s.Code, s.Name, Filter.Status) ?><?cs /each ?>
</select></div>
<?cs if:May.Persons == "1" ?><div class="col-auto"><label class="form-label" for="f-phone"><?cs var:Lang.Field.Phone ?></label>
<input class="form-control form-control-sm" id="f-phone" name="phone" value="<?cs var:Filter.Phone ?>" maxlength="20" size="12" inputmode="tel"></div><?cs /if ?>
<div class="col-auto"><label class="form-label" for="f-from"><?cs var:Lang.Filter.From ?></label>
<input class="form-control form-control-sm" id="f-from" name="from" type="date" value="<?cs var:Filter.From ?>"></div>
<div class="col-auto"><label class="form-label" for="f-to"><?cs var:Lang.Filter.To ?></label>
<input class="form-control form-control-sm" id="f-to" name="to" type="date" value="<?cs var:Filter.To ?>"></div>
<?cs if:Tab.Archive == "1" ?><div class="col-auto"><label class="form-label" for="f-result"><?cs var:Lang.Export.Result ?></label>
<select class="form-select form-select-sm" id="f-result" name="result"><option value=""><?cs var:Lang.Filter.All ?></option>
<?cs each:r = Results ?><?cs call:option(r.Code, r.Name, Filter.Result) ?><?cs /each ?></select></div>
<div class="col-auto"><label class="form-label" for="f-closed-from"><?cs var:Lang.Filter.ClosedFrom ?></label>
<input class="form-control form-control-sm" id="f-closed-from" name="closed_from" type="date" value="<?cs var:Filter.ClosedFrom ?>"></div>
<div class="col-auto"><label class="form-label" for="f-closed-to"><?cs var:Lang.Filter.ClosedTo ?></label>
<input class="form-control form-control-sm" id="f-closed-to" name="closed_to" type="date" value="<?cs var:Filter.ClosedTo ?>"></div><?cs /if ?>
<div class="col-auto"><button class="btn btn-sm btn-primary"><?cs var:Lang.Filter.Search ?></button>
<a class="btn btn-sm btn-outline-secondary" href="/" hx-push-url="true"><?cs var:Lang.Filter.Clear ?></a></div>
<details class="col-12"<?cs if:Filter.More == "1" ?> open<?cs /if ?> hx-get="/journal/more" hx-trigger="<?cs if:Filter.More == "1" ?>load<?cs else ?>toggle once<?cs /if ?>" hx-include="find .filter-more" hx-target="find .filter-more" hx-select=".filter-more" hx-swap="outerHTML" hx-push-url="false" hx-sync="this:drop">
<summary class="small"><?cs var:Lang.Filter.More ?></summary>
<?cs if:May.Persons == "1" ?><div class="row"><div class="col-auto"><label class="form-label" for="f-enp"><?cs var:Lang.Registry.Enp ?></label>
<input class="form-control form-control-sm" id="f-enp" name="enp" value="<?cs var:Filter.Enp ?>" maxlength="24" size="18" inputmode="numeric"></div>
<div class="col-auto"><label class="form-label" for="f-text"><?cs var:Lang.Filter.Text ?></label>
<input class="form-control form-control-sm" id="f-text" name="text" value="<?cs var:Filter.Text ?>" maxlength="100" size="40" type="search"></div></div><?cs /if ?>
<div class="filter-more"><?cs call:filter_kept("form", Filter.Form) ?><?cs call:filter_kept("channel", Filter.Channel) ?><?cs call:filter_kept("theme", Filter.Theme) ?><?cs call:filter_kept("assignee", Filter.Assignee) ?><?cs call:filter_kept("mo", Filter.Mo) ?><?cs call:filter_kept("insurer", Filter.Insurer) ?><?cs call:filter_kept("due", Filter.Due) ?></div>
</details>
</form>
<?cs if:Filter.Error ?><p class="alert alert-danger py-2 mx-3" role="alert"><?cs var:Filter.Error ?></p><?cs /if ?>
<div class="table-responsive journal-scroll">
<table class="table table-sm table-hover align-middle journal mb-0" data-gone="<?cs var:Lang.Journal.Gone ?>"<?cs if:Oldest == "1" ?> data-oldest<?cs /if ?>>
<caption class="visually-hidden"><?cs var:Lang.Journal.Title ?></caption>
<thead><tr>
<th scope="col"><?cs var:Lang.Field.Number ?></th>
<th scope="col"><?cs var:Lang.Field.Fio ?></th>
<th scope="col" aria-sort="<?cs if:Oldest == "1" ?>ascending<?cs else ?>descending<?cs /if ?>"><?cs if:Waiting == "1" ?><?cs var:Lang.Field.Date ?><?cs else ?><form method="post" action="/" hx-push-url="false"><input type="hidden" name="sort" value="<?cs if:Oldest != "1" ?>OLD<?cs /if ?>"><?cs call:applied() ?><button class="sort" title="<?cs if:Oldest == "1" ?><?cs var:Lang.Journal.ToNewest ?><?cs else ?><?cs var:Lang.Journal.ToOldest ?><?cs /if ?>"><?cs var:Lang.Field.Date ?></button></form><?cs /if ?></th>
<th scope="col"><?cs var:Lang.Field.Type ?></th>
<th scope="col"><?cs var:Lang.Field.Status ?></th>
<th scope="col"><?cs var:Lang.Field.Due ?></th>
<th scope="col"><?cs var:Lang.Field.Assignee ?></th>
<th scope="col"><span class="visually-hidden"><?cs var:Lang.Recording.Column ?></span></th>
<th scope="col"><?cs var:Lang.Journal.Actions ?></th>
</tr></thead>
<tbody>
<?cs each:m = Loose ?>
<tr data-loose="<?cs var:m.Id ?>">
<td colspan="2"><?cs var:Lang.Journal.Loose ?></td>
<td class="text-nowrap"><?cs var:m.Date ?></td>
<td colspan="4"><?cs var:Lang.Origin.VOICEMAIL ?></td>
<td><?cs if:?m.Rec.0.Id ?><details class="row-recordings"><summary title="<?cs var:Lang.Recording.Title ?>"><span aria-hidden="true">&#9654;</span><span class="visually-hidden"><?cs var:Lang.Recording.Title ?> <?cs var:m.Date ?></span></summary><?cs each:rec = m.Rec ?><?cs call:recording(rec) ?><?cs /each ?></details><?cs /if ?></td>
<td class="text-nowrap"><?cs call:post_button("message", m.Id, "take", Lang.Journal.Take, "primary") ?> <?cs call:post_button("message", m.Id, "nontarget", Lang.Journal.NonTarget, "outline-secondary") ?></td>
</tr>
<?cs /each ?>
<?cs if:?LooseTotal ?><tr><td colspan="9" class="text-body-secondary small" id="loose-first"><?cs var:Lang.Journal.LooseFirst ?> <?cs var:LooseFirst ?> <?cs var:Lang.Journal.LooseOf ?> <?cs var:LooseTotal ?></td></tr><?cs /if ?>
<?cs each:row = Rows ?>
<tr class="<?cs var:row.Status.Row ?>" data-appeal="<?cs var:row.Id ?>" data-at="<?cs var:row.Date.Ms ?>">
<td class="text-nowrap"><a href="/appeal/<?cs var:url_escape(row.Id) ?>"><?cs var:row.Number ?></a></td>
<td><?cs var:row.Fio ?><?cs if:row.Phone ?> <span class="contact"><span class="text-body-secondary small text-nowrap"><?cs var:row.Phone ?></span> <?cs call:dial(row.Phone.Dial, row.Id) ?></span><?cs /if ?></td>
<td class="text-nowrap"><?cs var:row.Date ?></td>
<td><span class="type"><?cs var:row.Type ?></span><?cs if:row.Type.Theme ?> <span class="text-body-secondary small theme" title="<?cs var:row.Type.Theme ?>"><?cs var:row.Type.Theme ?></span><?cs /if ?></td>
<td class="text-nowrap"><?cs var:row.Status ?><?cs if:row.Status.Mark ?> <span class="badge <?cs var:row.Status.Badge ?>"><?cs var:row.Status.Mark ?></span><?cs /if ?></td>
<td class="text-nowrap"><?cs var:row.Due ?></td>
<td><?cs var:row.Assignee ?></td>
<td><?cs if:?row.Rec.0.Id ?><details class="row-recordings"><summary title="<?cs var:Lang.Recording.Title ?>"><span aria-hidden="true">&#9654;</span><span class="visually-hidden"><?cs var:Lang.Recording.Title ?> <?cs var:row.Number ?></span></summary><?cs each:rec = row.Rec ?><?cs call:recording(rec) ?><?cs /each ?></details><?cs /if ?></td>
<td class="text-nowrap"><a class="btn btn-sm btn-outline-primary" href="/appeal/<?cs var:url_escape(row.Id) ?>"><?cs if:row.May == "edit" ?><?cs var:Lang.Journal.Edit ?><?cs else ?><?cs var:Lang.Journal.View ?><?cs /if ?></a><?cs if:row.Take == "1" ?> <?cs call:post_button("appeal", row.Id, "take", Lang.Journal.Take, "primary") ?><?cs /if ?></td>
</tr>
<?cs /each ?>
<?cs if:!?Rows.0.Id && !?Loose.0.Id ?><tr data-empty><td colspan="9" class="text-body-secondary py-4 text-center"><?cs var:Lang.Journal.Empty ?></td></tr><?cs /if ?>
</tbody>
</table>
</div>
<nav class="px-3 py-2 d-flex gap-2" aria-label="<?cs var:Lang.Journal.Pages ?>">
<?cs if:Filter.Personal ?>
<form class="d-flex gap-2" method="post" action="/" hx-push-url="false">
<?cs call:applied() ?>
<?cs if:Pager.First ?><button class="btn btn-sm btn-outline-secondary"><?cs var:Lang.Journal.First ?></button><?cs /if ?>
<?cs if:Pager.Next ?><button class="btn btn-sm btn-outline-secondary" data-older name="after" value="<?cs var:Pager.After ?>"><?cs var:Lang.Journal.Next ?></button><?cs /if ?>
</form>
<?cs else ?>
<?cs if:Pager.First ?><a class="btn btn-sm btn-outline-secondary" href="/?<?cs var:Pager.First ?>"><?cs var:Lang.Journal.First ?></a><?cs /if ?>
<?cs if:Pager.Next ?><a class="btn btn-sm btn-outline-secondary" data-older href="/?<?cs var:Pager.Next ?>"><?cs var:Lang.Journal.Next ?></a><?cs /if ?>
<?cs /if ?>
<span class="small text-body-secondary align-self-center" role="status" data-journal-news></span>
<?cs if:Filter.Posted ?><form data-applied hidden>
<?cs call:applied() ?>
<?cs if:Pager.This ?><input type="hidden" name="after" value="<?cs var:Pager.This ?>"><?cs /if ?>
</form><?cs /if ?>
</nav>
<?cs /if ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
