<?cs # «Ещё условия» of the journal: hidden until asked for, then with its lists ?>
<?cs def:filter_option(value, text, chosen) ?><option value="<?cs var:value ?>"<?cs if:value == chosen ?> selected<?cs /if ?>><?cs var:text ?></option><?cs /def ?>
<?cs def:filter_kept(name, value) ?><?cs if:value ?><input type="hidden" name="<?cs var:name ?>" value="<?cs var:value ?>"><?cs /if ?><?cs /def ?>
<?cs def:filter_choice(name, label, list, chosen) ?><div class="col-auto"><label class="form-label" for="f-<?cs var:name ?>"><?cs var:label ?></label>
<select class="form-select form-select-sm" id="f-<?cs var:name ?>" name="<?cs var:name ?>">
<option value=""><?cs var:Lang.Filter.All ?></option>
<?cs each:one = list ?><?cs call:filter_option(one.Code, one.Name, chosen) ?><?cs /each ?>
</select></div><?cs /def ?>
