<?cs include:"macros/directory.cs" ?>
<?cs set:Page.Title = Lang.Directory.Title ?>
<?cs def:content() ?>
<?cs call:directory_head("orgs", Lang.Directory.SearchOrgs) ?>
<?cs if:Orgs.Message ?><p class="alert alert-success mx-3 py-2" role="status"><?cs var:Orgs.Message ?></p><?cs /if ?>
<div class="journal-scroll">
<table class="table table-sm table-hover list orgs-list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Directory.Orgs ?></caption>
<thead><tr>
<th scope="col"><?cs var:Lang.Orgs.Name ?></th>
<th scope="col"><?cs var:Lang.Orgs.FullName ?></th>
<th scope="col"><?cs var:Lang.Orgs.Addresses ?></th>
<th scope="col"><?cs var:Lang.Orgs.Phones ?></th>
<th scope="col"><?cs var:Lang.Orgs.Hours ?></th>
<th scope="col"><?cs var:Lang.Orgs.Site ?></th>
</tr></thead>
<tbody id="list-rows" data-list-rows>
<?cs each:row = Rows ?>
<tr tabindex="-1" data-number="<?cs var:row.Phones.0.Number ?>">
<th scope="row" data-find><?cs var:row.Name ?><span class="sub text-body-secondary"><?cs var:row.Kind ?> <span class="num"><?cs var:row.Code ?></span></span></th>
<td data-find><?cs var:row.FullName ?></td>
<td data-find><?cs var:row.Address ?></td>
<td><?cs each:p = row.Phones ?><div class="org-phone"><span class="num"><?cs var:p.Shown ?></span><?cs if:May.Phone == "1" && p.Number ?><button type="button" class="row-btn" data-dial="<?cs var:p.Number ?>" disabled><?cs var:Lang.Directory.Dial ?></button><?cs /if ?></div><?cs /each ?></td>
<td><?cs each:h = row.Hours ?><span class="hours-part"><?cs var:h.Part ?></span> <?cs /each ?></td>
<td><?cs if:row.Site ?><a href="<?cs var:url_validate(row.Site) ?>" target="_blank" rel="noopener noreferrer" hx-boost="false"><?cs var:row.Site ?></a><?cs /if ?><a class="sub" href="/directory/organizations/<?cs var:url_escape(row.Id) ?>/error" aria-label="<?cs var:Lang.OrgError.Report ?>: <?cs var:row.Name ?>"><?cs var:Lang.OrgError.Report ?></a></td>
</tr>
<?cs /each ?>
</tbody>
</table>
<?cs call:directory_none(Rows.0.Name) ?>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
