<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Rows.Title ?>
<?cs def:content() ?>
<?cs call:admin_head(Rows.Path, Rows.Title) ?>
<div class="list-search px-3 pb-2" role="search">
<label class="visually-hidden" for="list-search"><?cs var:Lang.Directory.Search ?></label>
<input class="form-control form-control-sm" id="list-search" type="search" maxlength="100" autocomplete="off" spellcheck="false" placeholder="<?cs var:Lang.Directory.Search ?>" data-list-search aria-controls="list-rows">
<span class="list-count text-body-secondary small" role="status" data-list-count="<?cs var:Lang.Directory.Found ?>"></span>
<?cs if:Rows.About ?><span class="text-body-secondary small"><?cs var:Rows.About ?></span><?cs /if ?>
<?cs if:Can.Edit == "1" && Rows.Add ?><a class="btn btn-sm btn-primary ms-auto" href="/<?cs var:Rows.Path ?>/new"><?cs var:Rows.Add ?></a><?cs /if ?>
</div>
<div class="journal-scroll">
<table class="table table-sm table-hover list mb-0">
<caption class="visually-hidden"><?cs var:Rows.Title ?></caption>
<thead><tr><?cs each:h = Rows.Heads ?><th scope="col"><?cs var:h.Text ?></th><?cs /each ?><th scope="col"><span class="visually-hidden"><?cs var:Lang.Journal.Actions ?></span></th></tr></thead>
<tbody id="list-rows" data-list-rows>
<?cs each:r = Rows.List ?><tr tabindex="-1"><?cs each:c = r.Cells ?><td data-find><?cs var:c.Text ?></td><?cs /each ?>
<td class="row-actions"><a href="/<?cs var:Rows.Path ?>/<?cs var:r.Id ?>" aria-label="<?cs var:Lang.Rows.Open ?> <?cs var:r.Cells.0.Text ?> <?cs var:r.Cells.1.Text ?>"><?cs if:Can.Edit == "1" ?><?cs var:Lang.Rows.Edit ?><?cs else ?><?cs var:Lang.Rows.Open ?><?cs /if ?></a></td></tr>
<?cs /each ?></tbody>
</table>
<p class="list-none text-body-secondary" data-list-none<?cs if:Rows.List.0.Id ?> hidden<?cs /if ?>><?cs if:Rows.List.0.Id ?><?cs var:Lang.Directory.None ?><?cs else ?><?cs var:Lang.Directory.Empty ?><?cs /if ?></p>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
