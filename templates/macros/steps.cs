<?cs # What is to become of the appeal. In the card's own form: close, forward,
     call back, ask for removal (steps_tabs). In a form of its own: what
     administrators and supervisors decide about others' appeals (decision). ?>
<?cs def:step_text(name, label, max, code) ?><div class="col-sm-6" data-when="<?cs var:code ?>"<?cs if:Step.Result != code ?> hidden<?cs /if ?>><label class="form-label" for="s-<?cs var:name ?>"><?cs var:label ?></label>
<input class="form-control form-control-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="s-<?cs var:name ?>" name="<?cs var:name ?>" value="<?cs var:Typed[name] ?>" maxlength="<?cs var:max ?>" autocomplete="off"><?cs call:invalid(name) ?></div><?cs /def ?>
<?cs def:step_date(name, label, value) ?><label class="form-label" for="s-<?cs var:name ?>"><?cs var:label ?></label>
<input class="form-control form-control-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="s-<?cs var:name ?>" name="<?cs var:name ?>" type="date" value="<?cs var:value ?>"><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:step_list(name, label, list, chosen, empty) ?><label class="form-label" for="s-<?cs var:name ?>"><?cs var:label ?></label>
<select class="form-select form-select-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="s-<?cs var:name ?>" name="<?cs var:name ?>">
<option value=""><?cs var:empty ?></option>
<?cs each:c = list ?><option value="<?cs var:c.Code ?>"<?cs if:c.Code == chosen ?> selected<?cs /if ?>><?cs var:c.Name ?></option><?cs /each ?></select><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:people_list(name, label, empty) ?><label class="form-label" for="s-<?cs var:name ?>"><?cs var:label ?></label>
<select class="form-select form-select-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="s-<?cs var:name ?>" name="<?cs var:name ?>">
<option value=""><?cs var:empty ?></option>
<?cs set:Step.Org = "" ?><?cs each:p = People ?><?cs if:p.Org != Step.Org ?><?cs if:Step.Org ?></optgroup><?cs /if ?><optgroup label="<?cs var:p.Org ?>"><?cs set:Step.Org = p.Org ?><?cs /if ?><option value="<?cs var:p.Id ?>"<?cs if:p.Chosen == "1" ?> selected<?cs /if ?>><?cs var:p.Name ?></option>
<?cs /each ?><?cs if:Step.Org ?></optgroup><?cs /if ?></select><?cs call:invalid(name) ?><?cs if:Step.Confirm && Invalid[name] ?><div class="form-check mt-1"><input class="form-check-input" type="checkbox" id="s-confirm-<?cs var:name ?>" name="confirm_insurer" value="1"><label class="form-check-label" for="s-confirm-<?cs var:name ?>"><?cs var:Step.Confirm ?></label></div><?cs /if ?><?cs /def ?>
<?cs def:step_area(name, label, value, max, rows) ?><label class="form-label" for="s-<?cs var:name ?>"><?cs var:label ?></label>
<textarea class="form-control form-control-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="s-<?cs var:name ?>" name="<?cs var:name ?>" rows="<?cs var:rows ?>" maxlength="<?cs var:max ?>"><?cs var:value ?></textarea><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:step_tab(name, label) ?><li class="nav-item" role="presentation"><button type="button" class="nav-link<?cs if:Step.Tab == name ?> active<?cs /if ?>" role="tab" id="tab-<?cs var:name ?>" aria-controls="panel-<?cs var:name ?>" aria-selected="<?cs if:Step.Tab == name ?>true<?cs else ?>false<?cs /if ?>"<?cs if:Step.Tab != name ?> tabindex="-1"<?cs /if ?>><?cs var:label ?></button></li><?cs /def ?>

<?cs def:answers_given() ?><?cs if:?Answers.0.Kind ?><ul class="small mb-2 answers"><?cs each:a = Answers ?><li><?cs var:a.Kind ?>, <?cs var:a.Date ?><?cs if:a.Channel ?>, <?cs var:a.Channel ?><?cs /if ?><?cs if:a.Number ?>, № <?cs var:a.Number ?><?cs /if ?> — <?cs var:a.Who ?><?cs if:a.Text ?>: <?cs var:a.Text ?><?cs /if ?></li><?cs /each ?></ul><?cs call:cut(Cut.Answers) ?><?cs /if ?><?cs /def ?>
<?cs def:answer_fields() ?><details class="mt-2"<?cs if:Card.Form == Lang.Forms.1.Code || Step.Extended == "1" || Typed.answer_kind || Invalid.answer_kind ?> open<?cs /if ?>><summary class="mb-1"><?cs var:Lang.Step.Answer ?></summary>
<?cs call:answers_given() ?>
<div class="row g-2">
<div class="col-sm-7"><?cs call:step_list("answer_kind", Lang.Step.AnswerKind, Lang.AnswerKinds, Typed.answer_kind, Lang.Step.NoAnswer) ?></div>
<div class="col-sm-5"><?cs call:step_list("answer_channel", Lang.Step.AnswerChannel, Lang.AnswerChannels, Typed.answer_channel, Lang.Card.Choose) ?></div>
<div class="col-sm-5"><?cs call:step_date("answer_date", Lang.Step.AnswerDate, Typed.answer_date) ?></div>
<div class="col-sm-7"><label class="form-label" for="s-answer_number"><?cs var:Lang.Step.AnswerNumber ?></label>
<input class="form-control form-control-sm" id="s-answer_number" name="answer_number" value="<?cs var:Typed.answer_number ?>" maxlength="40" autocomplete="off"><?cs call:invalid("answer_number") ?></div>
<div class="col-12"><?cs call:step_area("answer_text", Lang.Step.AnswerText, Typed.answer_text, "4000", "2") ?></div>
</div></details><?cs /def ?>

<?cs def:close_panel() ?>
<fieldset><legend class="visually-hidden"><?cs var:Lang.Step.Measures ?></legend>
<div class="row g-2">
<div class="col-12"><label class="form-label" for="s-result"><?cs var:Lang.Step.Result ?></label>
<select class="form-select form-select-sm<?cs if:Invalid.result ?> is-invalid<?cs /if ?>" id="s-result" name="result" data-result>
<option value=""><?cs var:Lang.Card.Choose ?></option>
<?cs each:r = Results ?><option value="<?cs var:r.Code ?>" data-type="<?cs var:r.Type ?>"<?cs if:r.Chosen == "1" ?> selected<?cs /if ?>><?cs var:r.Name ?></option><?cs /each ?></select><?cs call:invalid("result") ?></div>
<div class="col-sm-7" data-complaint="<?cs var:Lang.Types.0.Code ?>"<?cs if:Card.Type != Lang.Types.0.Code ?> hidden<?cs /if ?>><?cs call:step_list("justified", Lang.Step.Justified, Lang.Justified, Step.Justified, Lang.Card.Choose) ?></div>
<div class="col-sm-5" data-theme-of="ZH-15."<?cs if:Step.Refundable != "1" ?> hidden<?cs /if ?>><label class="form-label" for="s-refund"><?cs var:Lang.Step.Refund ?></label>
<input class="form-control form-control-sm<?cs if:Invalid.refund ?> is-invalid<?cs /if ?>" id="s-refund" name="refund" value="<?cs var:Step.Refund ?>" maxlength="14" inputmode="decimal" autocomplete="off"><?cs call:invalid("refund") ?></div>
<?cs call:step_text("reject_reason", Lang.Step.RejectReason, "300", "APPLICATION_REJECTED") ?>
<?cs call:step_text("addressee", Lang.Step.Addressee, "300", "GRATITUDE_PASSED") ?>
<?cs call:step_text("to_whom", Lang.Step.ToWhom, "300", "CALL_FORWARDED") ?>
<?cs call:step_text("to_organization", Lang.Step.ToOrganization, "300", "FORWARDED_EXTERNAL") ?>
<?cs call:step_text("letter_number", Lang.Step.LetterNumber, "40", "FORWARDED_EXTERNAL") ?>
<div class="col-sm-5" data-when="FORWARDED_EXTERNAL"<?cs if:Step.Result != "FORWARDED_EXTERNAL" ?> hidden<?cs /if ?>><?cs call:step_date("letter_date", Lang.Step.LetterDate, Typed.letter_date) ?></div>
<div class="col-sm-7" data-when="FORWARDED_EXTERNAL"<?cs if:Step.Result != "FORWARDED_EXTERNAL" ?> hidden<?cs /if ?>><?cs call:step_list("direction", Lang.Step.Direction, Lang.Directions, Typed.direction, Lang.Card.Choose) ?></div>
<?cs call:step_text("duplicate_of", Lang.Step.DuplicateOf, "40", "DUPLICATE") ?>
<div class="col-sm-6" data-when="NON_TARGET"<?cs if:Step.Result != "NON_TARGET" ?> hidden<?cs /if ?>><?cs call:step_list("non_target", Lang.Step.NonTarget, Lang.NonTargets, Typed.non_target, Lang.Card.Choose) ?></div>
<div class="col-12" data-when="FORWARDED_NOTIFY"<?cs if:Step.Result != "FORWARDED_NOTIFY" ?> hidden<?cs /if ?>><?cs call:people_list("notify_to", Lang.Step.NotifyTo, Lang.Card.Choose) ?></div>
<div class="col-sm-5" data-when="EXTENDED"<?cs if:Step.Result != "EXTENDED" ?> hidden<?cs /if ?>><?cs call:step_date("new_due", Lang.Step.NewDue, Typed.new_due) ?></div>
<div class="col-12"><?cs call:step_area("measures", Lang.Step.Comment, Step.Measures, "2000", "3") ?></div>
</div></fieldset>
<?cs call:answer_fields() ?>
<div class="mt-2"><button class="btn btn-sm btn-primary" name="do" value="close"><?cs if:Card.Autosave == "1" ?><?cs var:Lang.Step.SaveClose ?><?cs else ?><?cs var:Lang.Step.Close ?><?cs /if ?></button></div>
<?cs /def ?>

<?cs def:forward_panel() ?>
<div class="row g-2 align-items-start">
<div class="col-12"><?cs call:people_list("forward_to", Lang.Step.ForwardTo, Lang.Card.Choose) ?></div>
<div class="col-12"><?cs call:step_area("forward_comment", Lang.Step.ForwardComment, Typed.forward_comment, "500", "1") ?></div>
<div class="col-12"><?cs if:Can.Resume == "1" ?><input type="hidden" name="call_back" value="1"><?cs else ?><div class="form-check"><input class="form-check-input" type="checkbox" id="s-call_back" name="call_back" value="1" data-call-back<?cs if:Typed.call_back ?> checked<?cs /if ?>><label class="form-check-label" for="s-call_back"><?cs var:Lang.Step.CallBack ?></label></div><?cs call:invalid("call_back") ?><?cs /if ?></div>
<div class="col-12"><button class="btn btn-sm btn-primary" name="do" value="forward"><?cs var:Lang.Step.Transfer ?></button></div>
</div>
<?cs /def ?>

<?cs def:resume_panel() ?>
<?cs if:Step.DeferredReason ?><p class="mb-2"><?cs var:Lang.Step.DeferredReason ?>: <?cs var:Step.DeferredReason ?></p><?cs /if ?>
<div class="row g-2 align-items-end">
<div class="col-sm-5"><div class="form-check"><input class="form-check-input<?cs if:Invalid.no_contact ?> is-invalid<?cs /if ?>" type="checkbox" id="s-no_contact" name="no_contact" value="1"<?cs if:Typed.no_contact ?> checked<?cs /if ?>><label class="form-check-label" for="s-no_contact"><?cs var:Lang.Step.NoContact ?></label></div></div>
<div class="col-sm-7"><label class="form-label" for="s-no_contact_reason"><?cs var:Lang.Step.Reason ?></label>
<input class="form-control form-control-sm" id="s-no_contact_reason" name="no_contact_reason" value="<?cs var:Typed.no_contact_reason ?>" maxlength="500" autocomplete="off"><?cs call:invalid("no_contact_reason") ?></div>
<div class="col-12"><?cs call:invalid("no_contact") ?></div>
<div class="col-12"><button class="btn btn-sm btn-primary" name="do" value="resume" data-save><?cs var:Lang.Step.Resume ?></button></div>
</div>
<?cs /def ?>

<?cs def:steps_tabs() ?>
<?cs if:Can.Close == "1" || Can.Forward == "1" || Can.Resume == "1" ?>
<section class="steps mb-3" aria-label="<?cs var:Lang.Step.Title ?>">
<ul class="nav nav-tabs" role="tablist">
<?cs if:Can.Resume == "1" ?><?cs call:step_tab("resume", Lang.Step.Contact) ?><?cs /if ?>
<?cs if:Can.Close == "1" ?><?cs call:step_tab("close", Lang.Step.Close) ?><?cs /if ?>
<?cs if:Can.Forward == "1" ?><?cs call:step_tab("forward", Lang.Step.Forward) ?><?cs /if ?>
<?cs if:Can.Propose == "1" ?><?cs call:step_tab("propose", Lang.Step.Delete) ?><?cs /if ?>
</ul>
<?cs if:Can.Resume == "1" ?><div class="steps-panel" role="tabpanel" id="panel-resume" aria-labelledby="tab-resume"<?cs if:Step.Tab != "resume" ?> hidden<?cs /if ?>><?cs call:resume_panel() ?></div><?cs /if ?>
<?cs if:Can.Close == "1" ?><div class="steps-panel" role="tabpanel" id="panel-close" aria-labelledby="tab-close"<?cs if:Step.Tab != "close" ?> hidden<?cs /if ?>><?cs call:close_panel() ?></div><?cs /if ?>
<?cs if:Can.Forward == "1" ?><div class="steps-panel" role="tabpanel" id="panel-forward" aria-labelledby="tab-forward"<?cs if:Step.Tab != "forward" ?> hidden<?cs /if ?>><?cs call:forward_panel() ?></div><?cs /if ?>
<?cs if:Can.Propose == "1" ?><div class="steps-panel" role="tabpanel" id="panel-propose" aria-labelledby="tab-propose"<?cs if:Step.Tab != "propose" ?> hidden<?cs /if ?>>
<?cs if:Step.DeleteReason ?><p class="mb-2"><?cs var:Lang.Step.DeleteAsked ?>: <?cs var:Step.DeleteReason ?></p><?cs /if ?>
<?cs call:step_area("delete_reason", Lang.Step.DeleteReason, Typed.delete_reason, "500", "2") ?>
<div class="mt-2"><button class="btn btn-sm btn-outline-danger" name="do" value="propose"><?cs var:Lang.Step.Delete ?></button><?cs if:Can.Withdraw == "1" ?> <button class="btn btn-sm btn-outline-secondary" name="do" value="withdraw"><?cs var:Lang.Step.Withdraw ?></button><?cs /if ?></div></div><?cs /if ?>
</section>
<?cs /if ?>
<?cs /def ?>

<?cs # read by everybody who may see the card ?>
<?cs def:measures_taken() ?>
<?cs if:Card.Readonly == "1" && (Step.Result || Step.Measures || Step.DeferredReason || Step.DeleteReason || ?Answers.0.Kind) ?>
<section aria-labelledby="measures-title"><h2 class="h6" id="measures-title"><?cs var:Lang.Step.Measures ?></h2>
<dl class="row small mb-2">
<?cs if:Step.Result ?><dt class="col-sm-4"><?cs var:Lang.Step.Result ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.ResultName ?></dd><?cs /if ?>
<?cs if:Step.Justified ?><dt class="col-sm-4"><?cs var:Lang.Step.Justified ?></dt><dd class="col-sm-8 mb-1"><?cs each:j = Lang.Justified ?><?cs if:j.Code == Step.Justified ?><?cs var:j.Name ?><?cs /if ?><?cs /each ?></dd><?cs /if ?>
<?cs if:Step.Refund ?><dt class="col-sm-4"><?cs var:Lang.Step.Refund ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.Refund ?></dd><?cs /if ?>
<?cs if:Step.Own ?><dt class="col-sm-4"><?cs var:Lang.Step.Details ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.Own ?></dd><?cs /if ?>
<?cs if:Step.Requested ?><dt class="col-sm-4"><?cs var:Lang.Step.NewDue ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.Requested ?></dd><?cs /if ?>
<?cs if:Step.Measures ?><dt class="col-sm-4"><?cs var:Lang.Step.Comment ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.Measures ?></dd><?cs /if ?>
<?cs if:Step.DeferredReason ?><dt class="col-sm-4"><?cs var:Lang.Step.DeferredReason ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.DeferredReason ?></dd><?cs /if ?>
<?cs if:Step.DeleteReason ?><dt class="col-sm-4"><?cs var:Lang.Step.DeleteAsked ?></dt><dd class="col-sm-8 mb-1"><?cs var:Step.DeleteReason ?></dd><?cs /if ?>
</dl>
<?cs call:answers_given() ?></section>
<?cs /if ?>
<?cs /def ?>

<?cs def:decision() ?>
<?cs if:Can.Return == "1" || Can.Reassign == "1" || Can.Delete == "1" ?>
<form class="decision mx-3 mb-2 border rounded p-2" method="post" action="/appeal/<?cs var:url_escape(Card.Id) ?>/<?cs if:Can.Review == "1" ?>review<?cs else ?>reassign<?cs /if ?>" data-decision hx-sync="this:drop" aria-labelledby="decision-title">
<h2 class="h6" id="decision-title"><?cs if:Can.Review == "1" ?><?cs var:Lang.Step.Decision ?><?cs else ?><?cs var:Lang.Step.Reassign ?><?cs /if ?></h2>
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<input type="hidden" name="version" value="<?cs var:Card.Version ?>">
<?cs if:Step.Queue ?><input type="hidden" name="queue" value="1"><?cs /if ?>
<div class="row g-2 align-items-end">
<div class="col-md"><?cs call:step_area("comment", Lang.Step.Comment, Typed.comment, "500", "1") ?></div>
<?cs if:Can.Extend == "1" ?><div class="col-md-2"><?cs call:step_date("new_due", Lang.Step.NewDue, Typed.new_due) ?></div><?cs /if ?>
<?cs if:Can.Return == "1" ?><div class="col-md-4"><?cs call:people_list("return_to", Lang.Step.ReturnTo, Lang.Step.SameAssignee) ?></div><?cs /if ?>
<?cs if:Can.Reassign == "1" ?><div class="col-md-5"><?cs call:people_list("reassign_to", Lang.Field.Assignee, Lang.Card.Choose) ?></div><?cs /if ?>
<div class="col-12 d-flex gap-2 flex-wrap">
<?cs if:Can.Approve == "1" ?><button class="btn btn-sm btn-success" name="do" value="approve" data-approve aria-keyshortcuts="Control+Enter"><?cs var:Lang.Step.Close ?></button><?cs /if ?>
<?cs if:Can.Extend == "1" ?><button class="btn btn-sm btn-success" name="do" value="extend" data-approve aria-keyshortcuts="Control+Enter"><?cs var:Lang.Step.Extend ?></button><?cs /if ?>
<?cs if:Can.Return == "1" ?><button class="btn btn-sm btn-outline-primary" name="do" value="return"><?cs var:Lang.Step.Return ?></button><?cs /if ?>
<?cs if:Can.Reassign == "1" ?><button class="btn btn-sm btn-primary" name="do" value="reassign"><?cs var:Lang.Step.Reassign ?></button><?cs /if ?>
<?cs if:Can.Pass == "1" ?><button class="btn btn-sm btn-outline-primary" name="do" value="pass"><?cs var:Lang.Step.Pass ?></button><?cs /if ?>
<?cs if:Can.Delete == "1" ?><button class="btn btn-sm btn-outline-danger ms-auto" name="do" value="delete"><?cs var:Lang.Step.Delete ?></button><?cs /if ?>
<?cs if:Can.Keep == "1" ?><button class="btn btn-sm btn-outline-secondary" name="do" value="keep"><?cs var:Lang.Step.Keep ?></button><?cs /if ?>
<?cs if:Step.Assignee ?><span class="small align-self-center ms-3"><?cs var:Lang.Field.Assignee ?>: <?cs var:Step.Assignee ?></span><?cs /if ?>
<?cs if:Step.AuthorDial ?><button type="button" class="btn btn-sm btn-outline-secondary" data-dial="<?cs var:Step.AuthorDial ?>" disabled><?cs var:Lang.Phone.CallUp ?></button><?cs /if ?>
</div></div></form>
<?cs /if ?>
<?cs /def ?>
