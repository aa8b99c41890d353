<?cs # What was typed and could not be saved (card_kept.h) ?>
<?cs def:kept() ?><?cs if:?Kept.0.Name ?>
<section class="mx-3 mb-3 border rounded p-2" aria-labelledby="kept-title" data-kept-text><h2 class="h6" id="kept-title"><?cs var:Lang.Card.Kept ?></h2>
<dl class="row small mb-0">
<?cs each:k = Kept ?><dt class="col-sm-3"><?cs var:k.Name ?></dt><dd class="col-sm-9 mb-1 kept-text"><?cs var:k.Value ?></dd><?cs /each ?>
</dl></section>
<?cs /if ?><?cs /def ?>
