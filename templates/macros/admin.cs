<?cs # «Администрирование»: the menu of its pages, above each of them. A page
     calls admin_head(its address without the first slash, its title); a new
     page is one admin_item line here, seen by whom the flag says. ?>
<?cs def:admin_item(here, path, label, may) ?><?cs if:may == "1" ?><a href="/<?cs var:path ?>"<?cs if:here == path ?> aria-current="page"<?cs /if ?>><?cs var:label ?></a>
<?cs /if ?><?cs /def ?>
<?cs def:admin_head(here, title) ?>
<div class="page-head d-flex align-items-center gap-3 px-3 py-2">
<h1 class="h5 mb-0" id="admin-title"><?cs var:title ?></h1></div>
<?cs if:May.Admin == "1" ?><nav class="tabs flex-wrap px-3 pb-2" aria-label="<?cs var:Lang.Admin.Sections ?>">
<?cs call:admin_item(here, "admin/accounts", Lang.Rows.Account.Title, May.Accounts) ?>
<?cs call:admin_item(here, "admin/organizations", Lang.Rows.Organization.Title, May.Lists) ?>
<?cs call:admin_item(here, "admin/organizations/errors", Lang.OrgError.Title, May.Lists) ?>
<?cs call:admin_item(here, "admin/themes", Lang.Rows.Theme.Title, May.Lists) ?>
<?cs call:admin_item(here, "admin/results", Lang.Rows.Result.Title, May.Lists) ?>
<?cs call:admin_item(here, "admin/scenarios", Lang.Answer.Title, May.Propose) ?>
<?cs call:admin_item(here, "admin/synonyms", Lang.Rows.Synonym.Title, May.Lists) ?>
<?cs call:admin_item(here, "admin/start", Lang.Start.Title, May.Admin) ?>
<?cs call:admin_item(here, "admin/queues", Lang.Rows.Queue.Title, May.Settings) ?>
<?cs call:admin_item(here, "admin/skills", Lang.Rows.Skill.Title, May.Rules) ?>
<?cs call:admin_item(here, "admin/routes", Lang.Rows.Route.Title, May.Settings) ?>
<?cs call:admin_item(here, "admin/hours", Lang.Rows.Hours.Title, May.Settings) ?>
<?cs call:admin_item(here, "admin/dial", Lang.Rows.Dial.Title, May.Rules) ?>
<?cs call:admin_item(here, "admin/prompts", Lang.Prompt.Title, May.Settings) ?>
<?cs call:admin_item(here, "admin/trunks", Lang.Rows.Trunk.Title, May.Accounts) ?>
<?cs call:admin_item(here, "admin/settings", Lang.Setting.Title, May.Settings) ?>
<?cs call:admin_item(here, "substitutions", Lang.Substitutions.Title, May.Settings) ?>
<?cs call:admin_item(here, "holidays", Lang.Holidays.Title, May.Settings) ?>
</nav><?cs /if ?>
<?cs /def ?>
