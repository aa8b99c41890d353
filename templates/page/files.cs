<?cs # Not a page: the files of the card, for htmx ?>
<?cs include:"macros/files.cs" ?>
<?cs call:files() ?>
