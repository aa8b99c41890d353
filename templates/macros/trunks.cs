<?cs # A test call (a line of its own has data-dial-trunk), and how the lines are; asked again each second while an answer is waited for ?>
<?cs def:own_number() ?><div><label class="form-label small mb-0" for="start-number"><?cs var:Lang.Start.OwnNumber ?></label><input class="form-control form-control-sm" id="start-number" type="tel" maxlength="20" autocomplete="off" inputmode="tel" placeholder="+7 9…"></div><?cs /def ?>
<?cs def:call_oneself() ?><div class="d-flex gap-2 align-items-end"><?cs call:own_number() ?><button type="button" class="btn btn-sm btn-outline-primary" data-dial-field="start-number" disabled><?cs var:Lang.Phone.CallUp ?></button></div><?cs /def ?>
<?cs def:trunk_states() ?>
<?cs # not in the section: what is typed stays while it is asked again ?>
<?cs if:May.Phone == "1" ?><div class="d-flex px-3 pb-2"><?cs call:own_number() ?></div><?cs /if ?>
<section class="px-3 pb-3" id="trunk-states" aria-labelledby="trunk-states-title"<?cs if:Checking ?> hx-get="/admin/trunks?<?cs var:Checking ?>" hx-trigger="load delay:1s" hx-select="#trunk-states" hx-target="#trunk-states" hx-swap="outerHTML" hx-headers='{"X-Refresh":"1"}'<?cs /if ?>>
<h2 class="h6" id="trunk-states-title"><?cs var:Lang.Trunks.States ?></h2>
<p class="small text-body-secondary mb-1"><?cs var:Lang.Trunks.Hint ?></p>
<table class="table table-sm align-middle mb-0"><caption class="visually-hidden"><?cs var:Lang.Trunks.States ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Try.Line ?></th><th scope="col"><?cs var:Lang.Trunks.State ?></th><th scope="col"><?cs var:Lang.Trunks.Asked ?></th><th scope="col"><?cs var:Lang.Trunks.LastCall ?></th><th scope="col"><span class="visually-hidden"><?cs var:Lang.Journal.Actions ?></span></th></tr></thead>
<tbody aria-live="polite"><?cs each:t = Trunks ?><tr data-trunk="<?cs var:t.Id ?>"><th scope="row" class="fw-normal"><?cs var:t.Name ?></th><td<?cs if:t.Up == "1" ?> class="text-success-emphasis"<?cs elif:t.Up == "0" ?> class="text-danger-emphasis"<?cs /if ?>><span data-state><?cs var:t.State ?></span><?cs if:t.Status ?>: <?cs var:t.Status ?><?cs var:t.Reason ?><?cs /if ?></td><td class="num"><?cs var:t.Asked ?></td><td class="num"><?cs var:t.Called ?> <?cs var:t.Result ?></td>
<td class="d-flex gap-2"><?cs if:t.Can.Check == "1" ?><form method="post" action="/admin/trunks/<?cs var:url_escape(t.Id) ?>/check" hx-sync="this:drop"><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><button class="btn btn-sm btn-outline-secondary" aria-label="<?cs var:Lang.Trunks.Check ?>: <?cs var:t.Name ?>"><?cs var:Lang.Trunks.Check ?></button></form><?cs if:May.Phone == "1" ?><button type="button" class="btn btn-sm btn-outline-primary" data-dial-field="start-number" data-dial-trunk="<?cs var:t.Id ?>" disabled aria-label="<?cs var:Lang.Trunks.Call ?>: <?cs var:t.Name ?>"><?cs var:Lang.Trunks.Call ?></button><?cs /if ?><?cs /if ?></td></tr>
<?cs /each ?></tbody></table>
</section>
<?cs /def ?>
