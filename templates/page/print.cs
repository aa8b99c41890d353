<?cs # The card on paper. No frame and no telephone: it opens beside them. ?>
<?cs def:cut(words) ?><?cs if:words ?> (<?cs var:words ?>)<?cs /if ?><?cs /def ?>
<?cs def:invalid(name) ?><?cs /def ?>
<?cs include:"macros/steps.cs" ?>
<?cs set:Card.Readonly = "1" ?>
<!doctype html>
<html lang="<?cs var:LangCode ?>">
<head>
<meta charset="utf-8">
<title><?cs var:Card.Heading ?></title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/static/css/print.css">
<script type="module" src="/static/js/print.js"></script>
</head>
<body>
<main>
<p class="screen"><button type="button" data-print><?cs var:Lang.Print.Do ?></button></p>
<header>
<p class="org"><?cs var:Lang.ProductLong ?></p>
<h1><?cs var:Card.Heading ?></h1>
<p><?cs var:Lang.Field.Status ?>: <strong><?cs var:Card.Status ?></strong><?cs if:Print.Registered ?>; <?cs var:Lang.Print.Registered ?>: <?cs var:Print.Registered ?><?cs /if ?><?cs if:Card.Assignee ?>; <?cs var:Lang.Card.Assignee ?>: <?cs var:Card.Assignee ?><?cs /if ?><?cs if:Card.Due ?>; <?cs var:Lang.Field.Due ?>: <?cs var:Card.Due ?><?cs /if ?></p>
</header>
<section><h2><?cs var:Lang.Print.Card ?></h2>
<table><tbody><?cs each:f = Print.Fields ?><tr><th scope="row"><?cs var:f.Name ?></th><td class="text"><?cs var:f.Value ?></td></tr>
<?cs /each ?></tbody></table></section>
<?cs if:Identity.Who ?><p><?cs var:Lang.Card.Identity ?>: <?cs if:Identity.Confirmed == "1" ?><?cs var:Lang.Card.Yes ?><?cs else ?><?cs var:Lang.Msg.M21 ?><?cs /if ?> (<?cs var:Identity.Who ?>, <?cs var:Identity.At ?>)</p><?cs /if ?>
<?cs call:measures_taken() ?>
<?cs if:File.May && ?Files.0.Id ?><section><h2><?cs var:Lang.File.Title ?></h2>
<table><thead><tr><th scope="col"><?cs var:Lang.File.Name ?></th><th scope="col"><?cs var:Lang.File.Number ?></th><th scope="col"><?cs var:Lang.File.Date ?></th></tr></thead><tbody><?cs each:f = Files ?><?cs if:!f.Fault ?><tr><td><?cs var:f.Name ?></td><td><?cs var:f.Number ?></td><td><?cs var:f.Date ?></td></tr><?cs /if ?><?cs /each ?></tbody></table></section><?cs /if ?>
<?cs if:?History.0.At ?><section><h2><?cs var:Lang.Card.History ?></h2>
<table><tbody><?cs each:h = History ?><tr><td class="when"><?cs var:h.At ?></td><td><?cs var:h.Event ?><?cs if:h.Who ?>, <?cs var:h.Who ?><?cs /if ?><?cs if:h.Comment ?>: <?cs var:h.Comment ?><?cs /if ?></td></tr>
<?cs /each ?></tbody></table></section><?cs /if ?>
<footer><?cs var:Lang.Print.By ?>: <?cs var:User.Name ?>, <?cs var:Print.At ?></footer>
</main>
</body></html>
