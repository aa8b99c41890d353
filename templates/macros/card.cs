<?cs # Fields of the card: F.<name> their values, Invalid.<name> what is wrong.
     A part with data-if="field:value" is shown while the field has it. ?>
<?cs # spoken: the name for who does not see whose block it stands in ?>
<?cs def:named_field(id, name, label, value, max, extra, spoken) ?>
<label class="form-label" for="<?cs var:id ?>"><?cs var:label ?></label>
<input class="form-control form-control-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="<?cs var:id ?>" name="<?cs var:name ?>" value="<?cs var:value ?>" maxlength="<?cs var:max ?>" autocomplete="off"<?cs if:spoken ?> aria-label="<?cs var:spoken ?>"<?cs /if ?><?cs if:extra == "tel" ?> inputmode="tel"<?cs /if ?><?cs if:Card.Readonly == "1" ?> readonly<?cs /if ?>>
<?cs call:invalid(name) ?>
<?cs /def ?>
<?cs def:text_field(id, name, label, value, max, extra) ?><?cs call:named_field(id, name, label, value, max, extra, "") ?><?cs /def ?>
<?cs def:named_org(name, list, chosen, spoken) ?>
<select class="form-select form-select-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="<?cs var:name ?>" name="<?cs var:name ?>"<?cs if:spoken ?> aria-label="<?cs var:spoken ?>"<?cs /if ?><?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>>
<option value=""><?cs var:Lang.Card.NotChosen ?></option>
<?cs each:o = list ?><option value="<?cs var:o.Id ?>"<?cs if:o.Id == chosen ?> selected<?cs /if ?>><?cs var:o.Name ?></option>
<?cs /each ?></select><?cs call:invalid(name) ?>
<?cs /def ?>
<?cs def:org_select(name, list, chosen) ?><?cs call:named_org(name, list, chosen, "") ?><?cs /def ?>
<?cs def:named_choice(name, label, list, chosen, empty, spoken) ?><label class="form-label" for="<?cs var:name ?>"><?cs var:label ?></label>
<select class="form-select form-select-sm<?cs if:Invalid[name] ?> is-invalid<?cs /if ?>" id="<?cs var:name ?>" name="<?cs var:name ?>"<?cs if:spoken ?> aria-label="<?cs var:spoken ?>"<?cs /if ?><?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>>
<?cs if:empty ?><option value=""><?cs var:empty ?></option><?cs /if ?>
<?cs each:c = list ?><option value="<?cs var:c.Code ?>"<?cs if:c.Code == chosen ?> selected<?cs /if ?>><?cs var:c.Name ?></option><?cs /each ?></select><?cs call:invalid(name) ?><?cs /def ?>
<?cs def:choice(name, label, list, chosen, empty) ?><?cs call:named_choice(name, label, list, chosen, empty, "") ?><?cs /def ?>
<?cs def:box(name, label, on) ?><div class="form-check"><input class="form-check-input" type="checkbox" id="<?cs var:name ?>" name="<?cs var:name ?>" value="1"<?cs if:on ?> checked<?cs /if ?><?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>><label class="form-check-label" for="<?cs var:name ?>"><?cs var:label ?></label></div><?cs /def ?>

<?cs def:card_dates() ?>
<div class="col-4"><?cs call:text_field("appealed_on", "appealed_on", Lang.Card.AppealedOn, F.appealed_on, "10", "") ?></div>
<?cs if:Card.Autosave == "1" ?><div class="col-4"><label class="form-label" for="due"><?cs var:Lang.Field.Due ?></label>
<input class="form-control form-control-sm<?cs if:Invalid.due ?> is-invalid<?cs /if ?>" id="due" name="due" type="date" value="<?cs var:F.due ?>"><?cs call:invalid("due") ?></div><?cs /if ?>
<div class="col-12 d-flex align-items-end" data-if="channel:VISIT"<?cs if:F.channel != "VISIT" ?> hidden<?cs /if ?>><?cs call:box("oral_answer", Lang.Card.OralAnswer, F.oral_answer) ?></div>
<div class="col-12" data-if="form:<?cs var:Lang.Forms.1.Code ?>"<?cs if:Card.Form != Lang.Forms.1.Code ?> hidden<?cs /if ?>><div class="row g-2">
<div class="col-4"><?cs call:text_field("received_on", "received_on", Lang.Card.ReceivedOn, F.received_on, "10", "") ?></div>
<div class="col-4"><?cs call:text_field("incoming_number", "incoming_number", Lang.Card.IncomingNumber, F.incoming_number, "40", "") ?></div>
<div class="col-4"><?cs call:choice("source", Lang.Card.Source, Lang.Sources, F.source, Lang.Card.Choose) ?></div>
<div class="col-12" data-if="source:OTHER"<?cs if:F.source != "OTHER" ?> hidden<?cs /if ?>><?cs call:text_field("source_name", "source_name", Lang.Card.SourceName, F.source_name, "160", "") ?></div>
</div></div>
<?cs if:Card.LateRegistered == "1" ?><div class="col-12"><div class="alert alert-warning py-1 mb-0" role="status"><?cs var:Lang.Card.LateRegistered ?></div></div><?cs /if ?>
<?cs if:Card.LateForwarded == "1" ?><div class="col-12"><div class="alert alert-warning py-1 mb-0" role="status"><?cs var:Lang.Card.LateForwarded ?></div></div><?cs /if ?>
<?cs /def ?>

<?cs def:card_applicant() ?>
<div class="col-12"><details<?cs if:F.email || F.address || F.reply_channel || F.call_time || F.language || F.do_not_call || F.representative || F.representative_phone || Invalid.email || Invalid.address || Invalid.call_time || Invalid.language || Invalid.representative || Invalid.representative_phone ?> open<?cs /if ?>><summary class="mb-1"><?cs var:Lang.Card.More ?></summary>
<div class="row g-2">
<div class="col-md-5"><?cs call:text_field("email", "email", Lang.Card.Email, F.email, "120", "") ?></div>
<div class="col-md-7"><?cs call:text_field("address", "address", Lang.Card.Address, F.address, "300", "") ?></div>
<div class="col-md-4"><?cs call:named_choice("reply_channel", Lang.Card.ReplyChannel, Lang.AnswerChannels, F.reply_channel, Lang.Card.Choose, Lang.Card.ReplyWanted) ?></div>
<div class="col-md-4"><?cs call:text_field("call_time", "call_time", Lang.Card.CallTime, F.call_time, "80", "") ?></div>
<div class="col-md-4"><?cs call:text_field("language", "language", Lang.Card.Language, F.language, "40", "") ?></div>
<div class="col-md-6"><?cs call:box("do_not_call", Lang.Card.DoNotCall, F.do_not_call) ?></div>
<div class="col-md-6"><?cs set:Card.HasRepresentative = F.representative ?><?cs if:!F.representative ?><?cs set:Card.HasRepresentative = F.representative_phone ?><?cs /if ?><?cs call:box("add_representative", Lang.Card.AddRepresentative, Card.HasRepresentative) ?></div>
<div class="col-md-7" data-if="add_representative:1"<?cs if:!Card.HasRepresentative ?> hidden<?cs /if ?>><?cs call:text_field("representative", "representative", Lang.Card.Representative, F.representative, "120", "") ?></div>
<div class="col-md-5" data-if="add_representative:1"<?cs if:!Card.HasRepresentative ?> hidden<?cs /if ?>><?cs call:text_field("representative_phone", "representative_phone", Lang.Card.RepresentativePhone, F.representative_phone, "20", "tel") ?></div>
</div></details></div>
<div class="col-md-4"><?cs call:choice("applies", Lang.Card.Applies, Lang.Applies, F.applies, "") ?></div>
<div class="col-md-8" data-if="applies:OTHER"<?cs if:F.applies != "OTHER" ?> hidden<?cs /if ?>><?cs if:Card.Registry == "1" ?><?cs call:choice("attach_to", Lang.Card.AttachTo, Lang.AttachTo, "CONCERNED", "") ?><?cs /if ?></div>
<?cs /def ?>

<?cs def:card_concerned() ?>
<fieldset class="mb-2" data-if="applies:OTHER"<?cs if:F.applies != "OTHER" ?> hidden<?cs /if ?>><legend class="h6"><?cs var:Lang.Card.Concerned ?></legend>
<input type="hidden" name="concerned_person" value="<?cs var:F.concerned_person ?>">
<div class="row g-2">
<div class="col-md-4"><?cs call:named_field("concerned_surname", "concerned_surname", Lang.Card.Surname, F.concerned_surname, "40", "", Lang.Card.ConcernedSurname) ?></div>
<div class="col-md-4"><?cs call:named_field("concerned_given_name", "concerned_given_name", Lang.Card.GivenName, F.concerned_given_name, "40", "", Lang.Card.ConcernedGivenName) ?></div>
<div class="col-md-4"><?cs call:named_field("concerned_patronymic", "concerned_patronymic", Lang.Card.Patronymic, F.concerned_patronymic, "40", "", Lang.Card.ConcernedPatronymic) ?></div>
<div class="col-md-4"><?cs call:named_field("concerned_birth_date", "concerned_birth_date", Lang.Registry.Birth, F.concerned_birth_date, "10", "", Lang.Card.ConcernedBirth) ?></div>
<div class="col-md-4"><?cs call:named_field("concerned_enp", "concerned_enp", Lang.Registry.Enp, F.concerned_enp, "20", "", Lang.Card.ConcernedEnp) ?></div>
<div class="col-md-4"><label class="form-label" for="concerned_insurer"><?cs var:Lang.Card.Insurer ?></label>
<?cs call:named_org("concerned_insurer", Insurers, F.concerned_insurer, Lang.Card.ConcernedInsurer) ?></div>
<div class="col-md-6"><?cs call:text_field("relation", "relation", Lang.Card.Relation, F.relation, "80", "") ?></div>
<div class="col-md-6 d-flex align-items-end"><?cs call:box("authority", Lang.Card.Authority, F.authority) ?></div>
</div></fieldset>
<?cs /def ?>
