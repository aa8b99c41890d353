<?cs # Not a page: the citizen's history in the card, for htmx ?>
<?cs def:cut(words) ?><?cs if:words ?> <span class="small text-body-secondary">(<?cs var:words ?>)</span><?cs /if ?><?cs /def ?>
<?cs include:"macros/past.cs" ?>
<?cs call:past() ?>
