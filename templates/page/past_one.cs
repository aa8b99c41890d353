<?cs # Not a page: an earlier appeal beside the card, read only, for htmx ?>
<?cs def:invalid(name) ?><?cs /def ?>
<?cs def:cut(words) ?><?cs if:words ?> <span class="small text-body-secondary">(<?cs var:words ?>)</span><?cs /if ?><?cs /def ?>
<?cs include:"macros/steps.cs" ?>
<div class="past-one border rounded p-3" role="region" aria-label="<?cs var:Lang.Card.Heading ?> <?cs var:One.Number ?>">
<div class="d-flex align-items-center gap-2"><h3 class="h6 mb-0"><?cs var:Lang.Card.Heading ?> <?cs var:One.Number ?></h3><span class="badge text-bg-secondary"><?cs var:One.Status ?></span>
<button type="button" class="btn-close btn-sm ms-auto" data-past-close aria-label="<?cs var:Lang.Step.Hide ?>"></button></div>
<dl class="row small mb-2">
<dt class="col-sm-4"><?cs var:Lang.Past.At ?></dt><dd class="col-sm-8 mb-1"><?cs var:One.At ?></dd>
<dt class="col-sm-4"><?cs var:Lang.Card.Type ?></dt><dd class="col-sm-8 mb-1"><?cs var:One.Type ?></dd>
<dt class="col-sm-4"><?cs var:Lang.Field.Fio ?></dt><dd class="col-sm-8 mb-1"><?cs var:One.Fio ?></dd>
<dt class="col-sm-4"><?cs var:Lang.Past.Text ?></dt><dd class="col-sm-8 mb-1 kept-text"><?cs var:One.Text ?></dd>
<dt class="col-sm-4"><?cs var:Lang.Past.Worked ?></dt><dd class="col-sm-8 mb-1"><?cs var:One.Worked ?>, <?cs var:One.Org ?></dd>
<?cs if:One.Due ?><dt class="col-sm-4"><?cs var:Lang.Field.Due ?></dt><dd class="col-sm-8 mb-1"><?cs var:One.Due ?></dd><?cs /if ?>
</dl>
<?cs call:measures_taken() ?>
</div>
