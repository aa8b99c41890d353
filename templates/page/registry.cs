<?cs # Not a page: the search in the register, for htmx ?>
<?cs include:"macros/registry.cs" ?>
<?cs call:registry() ?>
