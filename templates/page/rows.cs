<?cs include:"macros/admin.cs" ?><?cs include:"macros/rows.cs" ?>
<?cs set:Page.Title = Rows.Title ?>
<?cs def:content() ?>
<?cs call:admin_head(Rows.Path, Rows.Title) ?>
<?cs call:rows_list() ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
