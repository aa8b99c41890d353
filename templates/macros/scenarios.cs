<?cs # The approved answers beside the card (K-5.1.5): a search, and what the
     program found. Parts: "say" is read out, "do" is not. ?>
<?cs def:scenario_part(p) ?><?cs if:p.Kind == "say" ?><?cs var:p.Text ?><?cs elif:p.Kind == "do" ?><span class="scenario-do"><?cs var:p.Text ?></span><?cs elif:p.Kind == "value" ?><b><?cs var:p.Text ?></b><?cs else ?><span class="text-body-secondary"><?cs var:p.Text ?></span><?cs /if ?><?cs /def ?>
<?cs def:answer_preview() ?><div id="answer-preview"><p class="scenario-text mb-0"><?cs each:p = Preview.Parts ?><?cs call:scenario_part(p) ?><?cs /each ?></p><?cs if:Answer.TextError ?><p class="text-danger small mb-0"><?cs var:Answer.TextError ?></p><?cs /if ?></div><?cs /def ?>
<?cs def:scenario(s, open) ?>
<details class="scenario"<?cs if:open == "1" || s.Used == "1" ?> open<?cs /if ?>>
<summary><?cs var:s.Title ?><?cs if:s.Used == "1" ?> <span class="badge text-bg-success"><?cs var:Lang.Scenario.UsedMark ?></span><?cs /if ?></summary>
<p class="scenario-text mb-1"><?cs each:p = s.Parts ?><?cs call:scenario_part(p) ?><?cs /each ?></p>
<?cs if:s.Entry == "1" ?><div class="scenario-entry mb-1"><?cs if:s.EntryId ?><input type="hidden" name="entry" value="<?cs var:s.EntryId ?>"><?cs /if ?><input class="form-control form-control-sm" id="entry-words" name="entry_words" type="search" maxlength="100" autocomplete="off" value="<?cs var:s.EntryWords ?>" aria-label="<?cs var:Lang.Scenario.Entry ?>" placeholder="<?cs var:Lang.Scenario.Entry ?>" hx-post="/scenarios" hx-target="#scenarios" hx-trigger="input changed delay:200ms, search">
<?cs each:o = s.Orgs ?><button type="button" class="btn btn-sm btn-link p-0 me-2" hx-post="/scenarios" hx-target="#scenarios" hx-vals="{&quot;entry&quot;:&quot;<?cs var:o.Id ?>&quot;,&quot;entry_words&quot;:&quot;&quot;}"><?cs var:o.Name ?> <span class="num"><?cs var:o.Code ?></span></button>
<?cs /each ?><?cs if:s.EntryWords && !?s.Orgs.0.Id ?><span class="small text-body-secondary"><?cs var:Lang.Directory.None ?></span><?cs /if ?></div><?cs /if ?>
<?cs if:Scenario.Situation != "1" ?><?cs if:?s.Helpers.0.Id ?><ul class="scenario-helpers list-unstyled mb-1" aria-label="<?cs var:Lang.Scenario.Helpers ?>"><?cs each:h = s.Helpers ?>
<li data-presence="Away"><button type="button" class="btn btn-sm btn-link p-0" data-hand-to="<?cs var:h.Extension ?>" data-hand-user="<?cs var:h.Id ?>"><?cs var:h.Name ?>, <?cs var:h.Extension ?></button> <span class="dot" aria-hidden="true"></span> <span class="presence small" data-presence-of="<?cs var:h.Id ?>"><?cs var:Lang.Directory.Away ?></span></li><?cs /each ?>
</ul><?cs else ?><p class="small text-body-secondary mb-1"><?cs var:Lang.Msg.M24 ?></p><?cs /if ?><?cs /if ?>
<div class="d-flex gap-2 align-items-center small text-body-secondary"><?cs if:Card.Readonly != "1" ?><button type="button" class="btn btn-sm btn-outline-primary" data-use="<?cs var:s.Id ?>" data-code="<?cs var:s.Code ?>" aria-pressed="<?cs if:s.Used == "1" ?>true<?cs else ?>false<?cs /if ?>"><?cs var:Lang.Scenario.Use ?></button><?cs /if ?><?cs if:s.Flag == "THREAT" || s.Flag == "OPERATOR_UNWELL" ?><button type="button" class="btn btn-sm btn-outline-danger" data-flag="<?cs var:s.Flag ?>"><?cs var:Lang.Scenario.Raise ?></button><?cs elif:s.Flag == "EMERGENCY" ?><span class="badge text-bg-danger"><?cs var:Lang.Scenario.Emergency ?></span><?cs /if ?><?cs if:May.Propose == "1" ?><a class="small" href="/admin/scenarios/<?cs var:s.Id ?>/new" hx-target="#page" hx-select="#page" hx-swap="outerHTML show:#page:top" hx-push-url="true" hx-vals="unset"><?cs var:Lang.Answer.ProposeChange ?></a><?cs /if ?><span class="ms-auto"><?cs var:s.Code ?>, <?cs var:Lang.Scenario.Version ?> <?cs var:s.Version ?> <?cs var:Lang.Scenario.Of ?> <?cs var:s.Approved ?></span></div>
</details>
<?cs /def ?>
<?cs def:scenario_list() ?><?cs if:Scenario.Ask == "1" ?><p class="small text-body-secondary mb-0"><?cs var:Lang.Msg.M09 ?></p>
<?cs elif:!?Scenarios.0.Id ?><p class="small text-body-secondary mb-0"><?cs var:Lang.Scenario.None ?></p>
<?cs else ?><?cs set:Scenario.First = "1" ?><?cs if:Scenario.Situation == "1" || Scenario.Found == "1" ?><?cs set:Scenario.First = "0" ?><?cs /if ?><?cs each:s = Scenarios ?><?cs call:scenario(s, Scenario.First) ?><?cs set:Scenario.First = "0" ?><?cs /each ?><?cs if:Cut.Scenarios ?><p class="small text-body-secondary mb-0"><?cs var:Cut.Scenarios ?></p><?cs /if ?><?cs /if ?>
<?cs /def ?>
<?cs # Asked for by htmx with the fields of the form around it; the type, the
     theme and who is concerned change it. ?>
<?cs def:scenarios() ?>
<section class="scenarios" aria-labelledby="scenarios-title">
<div class="d-flex gap-2 align-items-center mb-1">
<h2 class="h6 mb-0 text-nowrap" id="scenarios-title"><?cs var:Lang.Scenario.Title ?></h2>
<input class="form-control form-control-sm" id="answer" name="answer" type="search" maxlength="100" autocomplete="off" aria-label="<?cs var:Lang.Scenario.Search ?>" placeholder="<?cs var:Lang.Scenario.Search ?>" hx-post="/scenarios" hx-target="#scenarios" hx-select="unset" hx-swap="innerHTML" hx-trigger="input changed delay:150ms, search" hx-push-url="false" hx-sync="this:queue last">
<button type="button" class="btn btn-sm btn-outline-secondary text-nowrap" data-situation aria-keyshortcuts="F7" hx-post="/scenarios" hx-target="#scenarios" hx-select="unset" hx-swap="innerHTML" hx-push-url="false" hx-vals="{&quot;situation&quot;:&quot;1&quot;}"><?cs var:Lang.Scenario.Situation ?><kbd aria-hidden="true">F7</kbd></button>
</div>
<input type="hidden" id="scenario" name="scenario" value="<?cs var:F.scenario ?>"><input type="hidden" name="appeal" value="<?cs var:Card.Id ?>">
<div id="scenarios" class="scenario-list" aria-live="polite" hx-post="/scenarios" hx-target="this" hx-select="unset" hx-swap="innerHTML" hx-push-url="false" hx-sync="this:queue last" hx-trigger="load, otklik:answers" hx-vals="{&quot;number&quot;:&quot;<?cs var:Card.Number ?>&quot;,&quot;due&quot;:&quot;<?cs var:Card.Due ?>&quot;,&quot;status&quot;:&quot;<?cs var:Card.Status ?>&quot;}"></div>
</section>
<?cs /def ?>
