<?cs # «Личность подтверждена» (K-5.1.6.7); until then nothing is told: M21 ?>
<?cs def:identity() ?>
<section id="identity" class="px-3 pb-2" aria-labelledby="identity-title" data-confirmed="<?cs var:Identity.Confirmed ?>">
<form class="d-flex flex-wrap align-items-center gap-2" method="post" action="/appeal/<?cs var:url_escape(Card.Id) ?>/identity" hx-include="form[data-card]" hx-target="#identity" hx-select="#identity" hx-swap="outerHTML" hx-push-url="false" hx-sync="this:replace" data-identity>
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<h2 class="small fw-semibold mb-0" id="identity-title"><?cs var:Lang.Card.Identity ?></h2>
<?cs each:v = Identity.Values ?><div class="form-check mb-0"><input class="form-check-input" type="checkbox" id="tick-<?cs var:v.Code ?>" name="tick" value="<?cs var:v.Code ?>" aria-label="<?cs var:Lang.Card.Fits ?>: <?cs var:v.Name ?>"<?cs if:v.On == "1" ?> checked<?cs /if ?><?cs if:Identity.May != "1" ?> disabled<?cs /if ?>><label class="form-check-label" for="tick-<?cs var:v.Code ?>"><?cs var:v.Name ?></label></div>
<?cs /each ?>
<?cs if:Identity.May == "1" ?><button class="btn btn-sm btn-outline-primary"><?cs var:Lang.Card.Confirm ?></button><?cs /if ?>
<span class="small" role="status"><?cs if:Identity.Confirmed == "1" ?><span class="badge text-bg-success"><?cs var:Lang.Card.Confirmed ?></span><?cs else ?><span class="badge text-bg-danger"><?cs var:Lang.Msg.M21 ?></span><?cs if:Identity.NeedsAuthority == "1" ?> <?cs var:Lang.Card.NeedsAuthority ?><?cs /if ?><?cs /if ?><?cs if:Identity.Who ?> <?cs var:Identity.Who ?>, <?cs var:Identity.At ?><?cs /if ?></span>
</form></section>
<?cs /def ?>
