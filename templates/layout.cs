<?cs # The frame of every page. The page file sets Page.Title, defines
     content() and includes this. With Framed only #page is sent: htmx swaps
     it and leaves the telephone alone.

     Theme: the cookie "theme" is light, dark, auto-light or auto-dark (auto:
     what the page last found), so that the first paint has the right colours.
?><?cs if:!Framed ?><!doctype html>
<html lang="<?cs var:LangCode ?>" data-bs-theme="<?cs var:Theme.Now ?>" data-theme="<?cs var:Theme.Choice ?>" data-zone="<?cs var:Zone ?>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf" content="<?cs var:Csrf ?>">
<meta name="htmx-config" content="{&quot;includeIndicatorStyles&quot;:false,&quot;allowEval&quot;:false,&quot;allowScriptTags&quot;:false,&quot;historyCacheSize&quot;:0,&quot;timeout&quot;:35000,&quot;attributesToSettle&quot;:[],&quot;responseHandling&quot;:[{&quot;code&quot;:&quot;204&quot;,&quot;swap&quot;:false},{&quot;code&quot;:&quot;...&quot;,&quot;swap&quot;:true}]}">
<title><?cs var:Page.Title ?> — <?cs var:Lang.Product ?></title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/static/vendor/bootstrap/bootstrap.min.css">
<link rel="stylesheet" href="/static/css/app.css">
<link rel="stylesheet" href="/static/css/lists.css">
<link rel="stylesheet" href="/static/css/shift.css">
<script src="/static/vendor/htmx/htmx.min.js" defer></script>
<script type="module" src="/static/js/main.js"></script>
</head>
<?cs if:User.Id ?>
<body class="desk" data-user="<?cs var:User.Id ?>" data-name="<?cs var:User.ShortName ?>" data-phone="<?cs var:May.Phone ?>" data-lang="<?cs var:LangCode ?>" hx-boost="true" hx-target="#page" hx-select="#page" hx-swap="outerHTML show:#page:top">
<a class="visually-hidden-focusable" href="#page" hx-boost="false"><?cs var:Lang.Skip ?></a>
<header class="topbar navbar px-3 border-bottom">
<a class="navbar-brand fw-semibold" href="/"><?cs var:Lang.Product ?></a>
<nav class="nav me-auto" aria-label="<?cs var:Lang.Nav.Main ?>">
<a class="nav-link" href="/" data-nav="/"><?cs var:Lang.Nav.Journal ?></a>
<?cs if:May.Review == "1" ?><a class="nav-link" href="/review" data-nav="/review"><?cs var:Lang.Nav.Review ?></a>
<?cs /if ?>
<?cs if:May.Directory == "1" ?><a class="nav-link" href="/directory" data-nav="/directory" aria-keyshortcuts="Shift+F8"><?cs var:Lang.Nav.Directory ?></a>
<?cs elif:May.Organizations == "1" ?><a class="nav-link" href="/directory/organizations" data-nav="/directory"><?cs var:Lang.Nav.Directory ?></a>
<?cs /if ?>
<?cs if:May.Calls == "1" ?><a class="nav-link" href="/calls" data-nav="/calls"><?cs var:Lang.Nav.Calls ?></a>
<?cs /if ?>
<?cs if:May.Report == "1" ?><a class="nav-link" href="/report" data-nav="/report"><?cs var:Lang.Nav.Report ?></a>
<?cs /if ?>
<?cs if:May.Admin == "1" ?><a class="nav-link" href="/admin" data-nav="/admin"><?cs var:Lang.Admin.Title ?></a>
<?cs /if ?>
<?cs if:May.Propose == "1" && May.Admin != "1" ?><a class="nav-link" href="/admin/scenarios" data-nav="/admin/scenarios"><?cs var:Lang.Answer.Title ?></a>
<?cs /if ?>
<?cs if:May.Shift == "1" ?><a class="nav-link" href="/shift" data-nav="/shift"><?cs var:Lang.Shift.Title ?></a>
<?cs /if ?>
</nav>
<form class="me-2" method="post" action="/lang" hx-boost="false">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<button class="btn btn-sm btn-link" name="lang" value="<?cs var:Lang.Other.Code ?>" lang="<?cs var:Lang.Other.Code ?>"><?cs var:Lang.Other.Name ?></button>
</form>
<div class="me-2">
<label class="visually-hidden" for="theme"><?cs var:Lang.Theme.Label ?></label>
<select class="form-select form-select-sm" id="theme" data-theme-select>
<option value="auto"<?cs if:Theme.Choice == "auto" ?> selected<?cs /if ?>><?cs var:Lang.Theme.Auto ?></option>
<option value="light"<?cs if:Theme.Choice == "light" ?> selected<?cs /if ?>><?cs var:Lang.Theme.Light ?></option>
<option value="dark"<?cs if:Theme.Choice == "dark" ?> selected<?cs /if ?>><?cs var:Lang.Theme.Dark ?></option>
</select>
</div>
<form method="post" action="/logout" hx-boost="false" data-logout>
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<button class="btn btn-sm btn-outline-secondary"><?cs var:Lang.Nav.Logout ?></button>
</form>
</header>
<section id="alarm" role="alert" aria-label="<?cs var:Lang.Shift.Alarm ?>" hidden>
<ul></ul>
<p class="field-error" data-error></p>
<template><li><b data-kind></b><span data-about></span><span class="num" data-age aria-hidden="true"></span><button type="button" class="btn btn-sm btn-light"><?cs var:Lang.Shift.Accept ?></button></li></template>
</section>
<section id="notices" role="status" aria-label="<?cs var:Lang.Step.Notices ?>">
<template><p class="notice-line"><a href="/"></a><button type="button" class="btn-close btn-sm" aria-label="<?cs var:Lang.Step.Hide ?>"></button></p></template>
</section>
<div class="desk-body">
<div class="desk-side">
<section class="employee p-2 border-bottom" aria-labelledby="employee-title">
<div class="d-flex justify-content-between"><h2 class="side-title" id="employee-title"><?cs var:Lang.Employee.Title ?></h2><a class="small" href="/password"><?cs var:Lang.Password.Link ?></a></div>
<div class="employee-name fw-semibold"><?cs var:User.Name ?></div>
<div class="employee-role text-body-secondary small"><?cs var:User.Role ?>, <?cs var:User.Org ?></div>
<div class="small d-flex justify-content-between gap-2"><?cs if:User.Extension ?><span><?cs var:Lang.Employee.Extension ?>: <span class="employee-extension fw-semibold"><?cs var:User.Extension ?></span></span><?cs /if ?><span class="text-nowrap"><a href="/notices" data-nav="/notices"><?cs var:Lang.Notices.Title ?></a> <span class="badge text-bg-danger" data-notice-count aria-label="<?cs var:Lang.Notices.Unread ?>"<?cs if:!User.Notices || User.Notices == "0" ?> hidden<?cs /if ?>><?cs var:User.Notices ?></span></span></div>
</section>
<?cs if:May.Phone == "1" ?>
<aside id="phone" aria-label="<?cs var:Lang.Phone.Title ?>">
<?cs include:"macros/phone.cs" ?>
</aside>
<?cs /if ?>
</div>
<main id="page" class="desk-page" tabindex="-1" hx-history-elt>
<?cs call:content() ?>
</main>
</div>
<template id="phone-words"><?cs each:w = Lang.Phone.Words ?><i data-k="<?cs name:w ?>"><?cs var:w ?></i><?cs /each ?><?cs each:w = Lang.CallEvent ?><i data-k="Ev<?cs name:w ?>"><?cs var:w ?></i><?cs /each ?></template>
</body>
<?cs else ?>
<body class="bare" data-lang="<?cs var:LangCode ?>">
<main id="page" class="bare-page">
<?cs call:content() ?>
</main>
</body>
<?cs /if ?>
</html>
<?cs else ?><title><?cs var:Page.Title ?> — <?cs var:Lang.Product ?></title>
<main id="page" class="desk-page" tabindex="-1" hx-history-elt>
<?cs call:content() ?>
</main>
<?cs /if ?>
