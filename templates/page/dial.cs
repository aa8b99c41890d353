<?cs include:"macros/admin.cs" ?><?cs include:"macros/rows.cs" ?>
<?cs set:Page.Title = Rows.Title ?>
<?cs def:content() ?>
<?cs call:admin_head(Rows.Path, Rows.Title) ?>
<form class="row g-2 px-3 pb-3 align-items-end" method="post" action="/admin/dial" hx-sync="this:drop" aria-label="<?cs var:Lang.Try.Title ?>">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<div class="col-auto"><label class="form-label" for="try-number"><?cs var:Lang.Try.Number ?></label><input class="form-control form-control-sm<?cs if:Try.Error ?> is-invalid<?cs /if ?>" id="try-number" name="number" type="tel" value="<?cs var:Try.Number ?>" maxlength="64" autocomplete="off"<?cs if:Try.Error ?> aria-invalid="true" aria-describedby="try-error"<?cs /if ?>></div>
<div class="col-auto"><label class="form-label" for="try-role"><?cs var:Lang.Try.Role ?></label><select class="form-select form-select-sm" id="try-role" name="role"><?cs each:r = Try.Roles ?><option value="<?cs var:r.Code ?>"<?cs if:r.Chosen == "1" ?> selected<?cs /if ?>><?cs var:r.Name ?></option>
<?cs /each ?></select></div>
<div class="col-auto"><button class="btn btn-sm btn-outline-primary"><?cs var:Lang.Try.Button ?></button></div>
<?cs if:Try.Error ?><div class="invalid-feedback d-block" id="try-error"><?cs var:Try.Error ?></div><?cs /if ?>
<?cs if:Way.Kind ?><dl class="row col-12 mb-0 small" role="status" id="try-result">
<dt class="col-sm-2"><?cs var:Lang.Try.Result ?></dt><dd class="col-sm-10 mb-1"><b><?cs if:Way.Kind == "allowed" ?><?cs var:Lang.Try.allowed ?><?cs elif:Way.Kind == "refused" ?><?cs var:Lang.Try.refused ?><?cs else ?><?cs var:Lang.Try.emergency ?><?cs /if ?></b>: <?cs var:Way.Plain ?></dd>
<?cs if:Way.Kind != "emergency" ?><dt class="col-sm-2"><?cs var:Lang.Try.Rule ?></dt><dd class="col-sm-10 mb-1"><?cs if:Way.Rule ?><?cs var:Way.Rule ?><?cs else ?><?cs var:Lang.Try.NoRule ?><?cs /if ?></dd><?cs /if ?>
<?cs if:Way.Number ?><dt class="col-sm-2"><?cs var:Lang.Try.Sent ?></dt><dd class="col-sm-10 mb-1"><?cs var:Way.Number ?></dd>
<dt class="col-sm-2"><?cs var:Lang.Try.Line ?></dt><dd class="col-sm-10 mb-1"><?cs if:Way.Line ?><?cs var:Way.Line ?><?cs else ?>—<?cs /if ?></dd>
<dt class="col-sm-2"><?cs var:Lang.Try.Shown ?></dt><dd class="col-sm-10 mb-1"><?cs if:Way.Presented ?><?cs var:Way.Presented ?><?cs else ?><?cs var:Lang.Try.Hidden ?><?cs /if ?></dd><?cs /if ?>
</dl><?cs /if ?></form>
<?cs call:rows_list() ?>
<?cs /def ?>
<?cs include:"layout.cs" ?>
