<?cs # Not a page: the rest of the journal's filter, for htmx ?>
<?cs include:"macros/journal_filter.cs" ?>
<div class="filter-more row g-2 align-items-end">
<?cs call:filter_choice("form", Lang.Filter.Form, Lang.Forms, Filter.Form) ?>
<?cs call:filter_choice("channel", Lang.Filter.Channel, Lang.Channels, Filter.Channel) ?>
<?cs call:filter_choice("theme", Lang.Filter.Theme, Themes, Filter.Theme) ?>
<?cs call:filter_choice("assignee", Lang.Filter.Assignee, People, Filter.Assignee) ?>
<?cs call:filter_choice("mo", Lang.Filter.Mo, Clinics, Filter.Mo) ?>
<?cs call:filter_choice("insurer", Lang.Filter.Insurer, Insurers, Filter.Insurer) ?>
<div class="col-auto"><label class="form-label" for="f-due"><?cs var:Lang.Filter.Due ?></label>
<input class="form-control form-control-sm" id="f-due" name="due" type="date" value="<?cs var:Filter.Due ?>"></div>
</div>
