<?cs # Not a page: the block of the card, for htmx ?>
<?cs include:"macros/identity.cs" ?>
<?cs call:identity() ?>
