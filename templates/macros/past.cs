<?cs # The citizen's earlier appeals, in the card's form (K-5.1.7) ?>
<?cs def:past_reasons(chosen) ?><select class="form-select form-select-sm w-auto d-inline-block" name="past_reason" aria-label="<?cs var:Lang.Past.Reason ?>">
<?cs each:r = Lang.PastReasons ?><option value="<?cs var:r.Code ?>"<?cs if:r.Code == chosen ?> selected<?cs /if ?>><?cs var:r.Name ?></option><?cs /each ?></select><?cs /def ?>
<?cs def:past_actions(p) ?>
<?cs if:p.Ask == "1" ?><button type="button" class="btn btn-sm btn-outline-primary" name="earlier" value="<?cs var:p.Id ?>" hx-post="/appeal/<?cs var:url_escape(Card.Id) ?>/same" hx-target="#past" hx-select="#past" hx-swap="outerHTML" hx-push-url="false" hx-sync="this:drop"><?cs var:Lang.Past.Same ?></button><?cs /if ?>
<?cs if:p.Open == "1" ?><button type="button" class="btn btn-sm btn-outline-secondary" hx-get="/appeal/<?cs var:url_escape(Card.Id) ?>/past/<?cs var:url_escape(p.Id) ?>" hx-target="#past-panel" hx-select="unset" hx-swap="innerHTML" hx-push-url="false" hx-params="none"><?cs var:Lang.Past.Open ?></button><?cs /if ?>
<?cs if:p.Forward ?><button type="button" class="btn btn-sm btn-outline-secondary" data-past-forward="<?cs var:p.Forward ?>"><?cs var:Lang.Past.Forward ?>: <?cs var:p.ForwardTo ?></button><?cs /if ?>
<?cs /def ?>
<?cs def:past() ?>
<section id="past" class="col-12" aria-labelledby="past-title">
<div class="d-flex align-items-center gap-2"><h2 class="h6 mb-0" id="past-title"><?cs var:Lang.Past.Title ?><?cs call:cut(Cut.Past) ?></h2>
<?cs if:Card.PastEdit == "1" ?><button type="button" class="btn btn-sm btn-link" hx-get="/appeal/<?cs var:url_escape(Card.Id) ?>/past" hx-target="#past" hx-select="#past" hx-swap="outerHTML" hx-push-url="false" hx-params="none"><?cs var:Lang.Past.Refresh ?></button><?cs /if ?></div>
<?cs if:?Past.0.Id ?>
<?cs if:Card.PastEdit == "1" ?><input type="hidden" name="past_shown" value="<?cs var:Card.PastShown ?>"><?cs /if ?>
<div class="table-responsive"><table class="table table-sm align-middle list past mb-1">
<caption class="visually-hidden"><?cs var:Lang.Past.Title ?></caption>
<thead><tr><?cs if:Card.PastEdit == "1" ?><th scope="col"><?cs var:Lang.Past.Attach ?></th><?cs /if ?><th scope="col"><?cs var:Lang.Field.Number ?></th><th scope="col"><?cs var:Lang.Card.Type ?></th><th scope="col"><?cs var:Lang.Past.Text ?></th><th scope="col"><?cs var:Lang.Field.Fio ?></th><th scope="col"><?cs var:Lang.Past.Worked ?></th><th scope="col"><?cs var:Lang.Past.At ?></th><th scope="col"><?cs var:Lang.Field.Status ?></th><th scope="col"><?cs var:Lang.Registry.Action ?></th></tr></thead>
<tbody>
<?cs each:p = Past ?><tr data-past="<?cs var:p.Id ?>">
<?cs if:Card.PastEdit == "1" ?><td><?cs if:p.Attach == "1" ?><input class="form-check-input" type="checkbox" name="past" value="<?cs var:p.Id ?>" aria-label="<?cs var:Lang.Past.Attach ?> <?cs var:p.Number ?>"<?cs if:p.Attached == "1" ?> checked<?cs /if ?>><?cs /if ?></td><?cs /if ?>
<td class="text-nowrap"><?cs var:p.Number ?><?cs if:p.Maybe == "1" ?><span class="badge text-bg-warning"><?cs var:Lang.Past.Maybe ?></span><?cs /if ?><?cs if:p.Attached == "1" ?> <span class="badge text-bg-secondary"><?cs var:Lang.Past.Attached ?><?cs each:r = Lang.PastReasons ?><?cs if:r.Code == p.Reason ?>: <?cs var:r.Name ?><?cs /if ?><?cs /each ?></span><?cs /if ?></td>
<td><?cs var:p.Type ?></td><td class="past-text"><?cs var:p.Text ?></td><td><?cs var:p.Fio ?></td>
<td><?cs var:p.Worked ?><?cs if:p.Org ?><?cs if:p.Worked ?>, <?cs /if ?><?cs var:p.Org ?><?cs /if ?></td>
<td class="text-nowrap"><?cs var:p.At ?></td><td><?cs var:p.Status ?></td><td class="past-actions"><?cs call:past_actions(p) ?></td></tr>
<?cs /each ?></tbody></table></div>
<?cs if:Card.PastEdit == "1" ?><div class="small mb-2"><?cs var:Lang.Past.Reason ?>: <?cs call:past_reasons(Card.PastReason) ?></div><?cs /if ?>
<?cs else ?><p class="small text-body-secondary mb-2"><?cs var:Lang.Past.Empty ?></p><?cs /if ?>
<div id="past-panel" class="past-panel" aria-live="polite"></div>
</section>
<?cs /def ?>
