<?cs # The head of both directories: tabs, the one search field, a legend.
     here: "people" or "orgs"; hint: what the field looks through ?>
<?cs def:directory_head(here, hint) ?>
<div class="page-head d-flex align-items-center gap-3 px-3 py-2">
<h1 class="h5 mb-0"><?cs var:Lang.Directory.Title ?></h1>
<nav class="tabs" aria-label="<?cs var:Lang.Directory.Title ?>">
<?cs if:May.Directory == "1" ?><a href="/directory"<?cs if:here == "people" ?> aria-current="page"<?cs /if ?>><?cs var:Lang.Directory.People ?></a><?cs /if ?>
<?cs if:May.Organizations == "1" ?><a href="/directory/organizations"<?cs if:here == "orgs" ?> aria-current="page"<?cs /if ?>><?cs var:Lang.Directory.Orgs ?></a><?cs /if ?>
</nav>
<span class="list-count text-body-secondary small ms-auto" role="status" data-list-count="<?cs var:Lang.Directory.Found ?>"></span>
</div>
<div class="list-search px-3 pb-2" role="search">
<label class="visually-hidden" for="list-search"><?cs var:Lang.Directory.Search ?></label>
<input class="form-control form-control-sm" id="list-search" type="search" maxlength="100" autocomplete="off" spellcheck="false" placeholder="<?cs var:hint ?>" data-list-search aria-controls="list-rows">
<?cs if:here == "people" ?><ul class="legend" aria-label="<?cs var:Lang.Directory.Legend ?>">
<li data-presence="Free"><span class="dot" aria-hidden="true"></span><?cs var:Lang.Directory.Free ?></li>
<li data-presence="Away"><span class="dot" aria-hidden="true"></span><?cs var:Lang.Directory.Away ?></li>
<li data-presence="Talks"><span class="dot" aria-hidden="true"></span><?cs var:Lang.Directory.Talks ?></li>
</ul><?cs /if ?>
<?cs if:May.Phone == "1" ?><span class="list-keys text-body-secondary small ms-auto"><?cs var:Lang.Directory.Keys ?></span><?cs /if ?>
</div>
<?cs /def ?>
<?cs # Below the rows; shown by the script, or by the lack of rows ?>
<?cs def:directory_none(any) ?>
<p class="list-none text-body-secondary" data-list-none<?cs if:any ?> hidden<?cs /if ?>><?cs if:any ?><?cs var:Lang.Directory.None ?><?cs else ?><?cs var:Lang.Directory.Empty ?><?cs /if ?></p>
<?cs /def ?>
