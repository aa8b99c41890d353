<?cs # Not a page: the answers for the card, for htmx ?>
<?cs include:"macros/scenarios.cs" ?>
<?cs call:scenario_list() ?>
