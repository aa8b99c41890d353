<?cs # One field of a form and what is said of it; a log of changes; the list.
     f: Name Label Hint Kind Value Error Theirs Max Options ?>
<?cs def:row_notes(f) ?><?cs if:f.Error ?><div class="invalid-feedback d-block" id="error-<?cs var:f.Name ?>"><?cs var:f.Error ?></div><?cs /if ?>
<?cs if:f.Hint ?><div class="form-text" id="hint-<?cs var:f.Name ?>"><?cs var:f.Hint ?></div><?cs /if ?>
<?cs if:f.Theirs ?><div class="small text-warning-emphasis"><?cs var:Lang.Rows.Theirs ?>: <?cs var:f.Theirs ?></div><?cs /if ?><?cs /def ?>
<?cs def:row_described(f) ?><?cs if:f.Error ?> aria-invalid="true" aria-describedby="error-<?cs var:f.Name ?>"<?cs elif:f.Hint ?> aria-describedby="hint-<?cs var:f.Name ?>"<?cs /if ?><?cs /def ?>
<?cs def:row_focus(f) ?><?cs if:f.Focus == "1" ?> autofocus<?cs /if ?><?cs /def ?>
<?cs def:row_field(f) ?>
<?cs if:f.Kind == "flag" ?><div class="form-check"><input class="form-check-input<?cs if:f.Error ?> is-invalid<?cs /if ?>" type="checkbox" id="c-<?cs var:f.Name ?>" name="<?cs var:f.Name ?>" value="1"<?cs if:f.Value == "1" ?> checked<?cs /if ?>><label class="form-check-label" for="c-<?cs var:f.Name ?>"><?cs var:f.Label ?></label></div>
<?cs elif:f.Kind == "set" ?><fieldset<?cs call:row_described(f) ?>><legend class="form-label mb-1"><?cs var:f.Label ?></legend>
<div class="row-set"><?cs each:o = f.Options ?><div class="form-check form-check-inline"><input class="form-check-input" type="checkbox" id="c-<?cs var:f.Name ?>-<?cs name:o ?>" name="<?cs var:f.Name ?>" value="<?cs var:o.Value ?>"<?cs if:o.Chosen == "1" ?> checked<?cs /if ?>><label class="form-check-label" for="c-<?cs var:f.Name ?>-<?cs name:o ?>"><?cs var:o.Text ?></label></div>
<?cs /each ?><?cs if:!?f.Options.0.Value ?>—<?cs /if ?></div></fieldset>
<?cs elif:f.Kind == "side" ?><fieldset><legend class="form-label"><?cs var:f.Label ?></legend>
<?cs each:o = f.Options ?><?cs if:f.Level ?><div class="d-flex gap-2 align-items-center mb-1"><input class="form-control form-control-sm level" id="c-<?cs var:f.Name ?>-<?cs var:o.Value ?>" name="<?cs var:f.Name ?>.<?cs var:o.Value ?>" type="text" inputmode="numeric" maxlength="1" autocomplete="off" value="<?cs var:o.Chosen ?>"><label class="form-check-label" for="c-<?cs var:f.Name ?>-<?cs var:o.Value ?>"><?cs var:o.Text ?></label></div>
<?cs else ?><div class="form-check"><input class="form-check-input" type="checkbox" id="c-<?cs var:f.Name ?>-<?cs var:o.Value ?>" name="<?cs var:f.Name ?>.<?cs var:o.Value ?>" value="1"<?cs if:o.Chosen ?> checked<?cs /if ?>><label class="form-check-label" for="c-<?cs var:f.Name ?>-<?cs var:o.Value ?>"><?cs var:o.Text ?></label></div>
<?cs /if ?><?cs /each ?></fieldset>
<?cs elif:f.Kind == "fixed" ?><div class="form-label mb-0"><?cs var:f.Label ?></div><div><?cs var:f.Value ?></div>
<?cs else ?><label class="form-label" for="c-<?cs var:f.Name ?>"><?cs var:f.Label ?></label>
<?cs if:f.Kind == "list" ?><select class="form-select form-select-sm<?cs if:f.Error ?> is-invalid<?cs /if ?>" id="c-<?cs var:f.Name ?>" name="<?cs var:f.Name ?>"<?cs call:row_described(f) ?><?cs call:row_focus(f) ?>><option value=""><?cs if:f.Optional == "1" ?>—<?cs else ?><?cs var:Lang.Card.Choose ?><?cs /if ?></option>
<?cs each:o = f.Options ?><option value="<?cs var:o.Value ?>"<?cs if:o.Chosen == "1" ?> selected<?cs /if ?>><?cs var:o.Text ?></option>
<?cs /each ?></select>
<?cs elif:f.Kind == "area" ?><textarea class="form-control form-control-sm<?cs if:f.Error ?> is-invalid<?cs /if ?>" id="c-<?cs var:f.Name ?>" name="<?cs var:f.Name ?>" rows="<?cs if:f.Rows ?><?cs var:f.Rows ?><?cs else ?>3<?cs /if ?>" maxlength="<?cs var:f.Max ?>"<?cs call:row_described(f) ?><?cs call:row_focus(f) ?>><?cs var:f.Value ?></textarea>
<?cs else ?><input class="form-control form-control-sm<?cs if:f.Error ?> is-invalid<?cs /if ?>" id="c-<?cs var:f.Name ?>" name="<?cs var:f.Name ?>" type="<?cs if:f.Kind == "date" ?>date<?cs elif:f.Kind == "secret" ?>password<?cs else ?>text<?cs /if ?>" value="<?cs var:f.Value ?>"<?cs if:f.Number == "1" ?> inputmode="numeric"<?cs /if ?><?cs if:f.Max ?> maxlength="<?cs var:f.Max ?>"<?cs /if ?> autocomplete="<?cs if:f.Kind == "secret" ?>new-password<?cs else ?>off<?cs /if ?>"<?cs call:row_described(f) ?><?cs call:row_focus(f) ?>><?cs /if ?><?cs /if ?>
<?cs call:row_notes(f) ?><?cs /def ?>
<?cs def:row_log() ?><?cs if:Row.Log.0.At ?>
<section class="px-3 pt-3" aria-labelledby="row-log"><h2 class="h6" id="row-log"><?cs var:Lang.Rows.Log ?></h2>
<ul class="list-unstyled small"><?cs each:l = Row.Log ?><li><span class="num"><?cs var:l.At ?></span> <?cs if:l.Who ?><?cs var:l.Who ?><?cs else ?>otklik-admin<?cs /if ?> — <?cs var:l.Action ?><?cs each:ch = l.Changes ?>; <?cs var:ch.Label ?>: <?cs var:ch.From ?> → <?cs var:ch.To ?><?cs /each ?></li>
<?cs /each ?></ul></section><?cs /if ?><?cs /def ?>
<?cs def:rows_list() ?>
<div class="list-search px-3 pb-2" role="search">
<label class="visually-hidden" for="list-search"><?cs var:Lang.Directory.Search ?></label>
<input class="form-control form-control-sm" id="list-search" type="search" maxlength="100" autocomplete="off" spellcheck="false" placeholder="<?cs var:Lang.Directory.Search ?>" data-list-search aria-controls="list-rows">
<span class="list-count text-body-secondary small" role="status" data-list-count="<?cs var:Lang.Directory.Found ?>"></span>
<?cs if:Rows.About ?><span class="text-body-secondary small"><?cs var:Rows.About ?></span><?cs /if ?>
<?cs if:Can.Edit == "1" && Rows.File ?><a class="btn btn-sm btn-outline-secondary ms-auto" href="/<?cs var:Rows.Path ?>/import"><?cs var:Lang.Import.Title ?></a><?cs /if ?>
<?cs if:Can.Edit == "1" && Rows.Add ?><a class="btn btn-sm btn-primary<?cs if:!Rows.File ?> ms-auto<?cs /if ?>" href="/<?cs var:Rows.Path ?>/new"><?cs var:Rows.Add ?></a><?cs /if ?>
</div>
<div class="journal-scroll">
<table class="table table-sm table-hover list mb-0">
<caption class="visually-hidden"><?cs var:Rows.Title ?></caption>
<thead><tr><?cs each:h = Rows.Heads ?><th scope="col"><?cs var:h.Text ?></th><?cs /each ?><th scope="col"><span class="visually-hidden"><?cs var:Lang.Journal.Actions ?></span></th></tr></thead>
<tbody id="list-rows" data-list-rows>
<?cs each:r = Rows.List ?><tr tabindex="-1"><?cs each:c = r.Cells ?><td data-find><?cs var:c.Text ?></td><?cs /each ?>
<td class="row-actions"><a href="/<?cs var:Rows.Path ?>/<?cs var:r.Id ?>" aria-label="<?cs if:Can.Edit == "1" ?><?cs var:Lang.Rows.Edit ?><?cs else ?><?cs var:Lang.Rows.Open ?><?cs /if ?> <?cs var:r.Cells.0.Text ?> <?cs var:r.Cells.1.Text ?>"><?cs if:Can.Edit == "1" ?><?cs var:Lang.Rows.Edit ?><?cs else ?><?cs var:Lang.Rows.Open ?><?cs /if ?></a></td></tr>
<?cs /each ?></tbody>
</table>
<p class="list-none text-body-secondary" data-list-none<?cs if:Rows.List.0.Id ?> hidden<?cs /if ?>><?cs if:Rows.List.0.Id ?><?cs var:Lang.Directory.None ?><?cs else ?><?cs var:Lang.Directory.Empty ?><?cs /if ?></p>
</div>
<?cs /def ?>
