<?cs include:"macros/directory.cs" ?>
<?cs set:Page.Title = Lang.Directory.Title ?>
<?cs def:content() ?>
<?cs call:directory_head("people", Lang.Directory.SearchPeople) ?>
<div class="journal-scroll">
<table class="table table-sm table-hover align-middle list people-list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Directory.Title ?></caption>
<thead><tr>
<th scope="col"><?cs var:Lang.Directory.Name ?></th>
<th scope="col"><?cs var:Lang.Directory.Org ?></th>
<th scope="col"><?cs var:Lang.Directory.Role ?></th>
<th scope="col"><?cs var:Lang.Directory.Extension ?></th>
<th scope="col"><?cs var:Lang.Directory.State ?></th>
<?cs if:May.Phone == "1" ?><th scope="col"><?cs var:Lang.Directory.Actions ?></th><?cs /if ?>
</tr></thead>
<tbody id="list-rows" data-list-rows>
<?cs each:row = Rows ?>
<tr tabindex="-1" data-number="<?cs var:row.Extension ?>"<?cs if:row.Self ?> data-self="1"<?cs /if ?>>
<th scope="row" data-find id="person-<?cs var:row.Id ?>"><?cs var:row.Name ?></th>
<td data-find><?cs var:row.Org ?></td>
<td class="text-body-secondary"><?cs var:row.Role ?></td>
<td class="num" data-find><?cs var:row.Extension ?></td>
<td data-presence="Away"><span class="dot" aria-hidden="true"></span> <span class="presence" data-presence-of="<?cs var:row.Id ?>"><?cs var:Lang.Directory.Away ?></span></td>
<?cs if:May.Phone == "1" ?><td class="row-actions"><?cs if:row.Self ?><span class="text-body-secondary"><?cs var:Lang.Directory.Self ?></span><?cs else ?><button type="button" class="row-btn" data-dial="<?cs var:row.Extension ?>" disabled aria-describedby="person-<?cs var:row.Id ?>"><?cs var:Lang.Directory.Dial ?></button><button type="button" class="row-btn" data-transfer-to="<?cs var:row.Extension ?>" aria-describedby="person-<?cs var:row.Id ?>" disabled><?cs var:Lang.Directory.Transfer ?></button><?cs /if ?></td><?cs /if ?>
</tr>
<?cs /each ?>
</tbody>
</table>
<?cs call:directory_none(Rows.0.Id) ?>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
