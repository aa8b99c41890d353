<?cs # Not a page: the theme list of the card, for htmx ?>
<?cs include:"macros/themes.cs" ?>
<?cs call:theme_select() ?>
