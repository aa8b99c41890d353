<?cs # The search in the register of insured persons, for the card Card.Id ?>
<?cs def:search_field(name, label, value, wrong, size) ?><div class="col-auto"><label class="form-label" for="r-<?cs var:name ?>"><?cs var:label ?></label>
<input class="form-control form-control-sm<?cs if:wrong ?> is-invalid<?cs /if ?>" id="r-<?cs var:name ?>" name="<?cs var:name ?>" value="<?cs var:value ?>" size="<?cs var:size ?>" maxlength="100" autocomplete="off" spellcheck="false"<?cs if:wrong ?> aria-invalid="true" aria-describedby="r-error-<?cs var:name ?>"<?cs /if ?>>
<?cs if:wrong ?><div class="invalid-feedback d-block" id="r-error-<?cs var:name ?>"><?cs var:wrong ?></div><?cs /if ?></div>
<?cs /def ?>
<?cs def:person_head() ?>
<div class="table-responsive"><table class="table table-sm table-hover align-middle mb-1">
<thead><tr>
<th scope="col"><?cs var:Lang.Card.Surname ?></th>
<th scope="col"><?cs var:Lang.Card.GivenName ?></th>
<th scope="col"><?cs var:Lang.Card.Patronymic ?></th>
<th scope="col"><?cs var:Lang.Registry.Birth ?></th>
<th scope="col"><?cs var:Lang.Registry.Insurer ?></th>
<th scope="col"><?cs var:Lang.Registry.Mo ?></th>
<th scope="col"><?cs var:Lang.Registry.Action ?></th>
</tr></thead><tbody>
<?cs /def ?>
<?cs def:person_row(p) ?><tr>
<td><?cs var:p.Surname ?></td><td><?cs var:p.GivenName ?></td><td><?cs var:p.Patronymic ?></td>
<td><?cs var:p.Birth ?></td><td><?cs var:p.Insurer ?></td><td><?cs var:p.Mo ?></td>
<td><?cs if:p.Id && Card.Id ?><form method="post" action="/appeal/<?cs var:url_escape(Card.Id) ?>/person" hx-include="form[data-card]" hx-push-url="false" hx-sync="this:drop" data-attach><input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="attach" value="<?cs var:p.Id ?>"><button class="btn btn-sm btn-outline-primary"><?cs var:Lang.Registry.Attach ?></button></form><?cs /if ?></td>
</tr>
<?cs /def ?>
<?cs def:elsewhere(words) ?><?cs if:words ?><p class="mb-1" data-elsewhere><?cs var:words ?></p><?cs /if ?><?cs /def ?>
<?cs def:registry() ?>
<section id="registry" class="px-3 pb-2" aria-labelledby="registry-title">
<div class="d-flex align-items-center gap-2">
<h2 class="h6 mb-0" id="registry-title"><?cs var:Lang.Registry.Title ?></h2>
<button type="button" class="btn btn-sm btn-link" data-registry-hide="<?cs var:Lang.Registry.Show ?>" aria-expanded="true" aria-controls="registry-body"><?cs var:Lang.Registry.Hide ?></button>
</div>
<div id="registry-body">
<form class="row g-2 align-items-start" method="post" action="/registry" role="search" aria-labelledby="registry-title" hx-target="#registry" hx-select="#registry" hx-swap="outerHTML" hx-push-url="false" hx-sync="this:replace" data-registry-search>
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>">
<input type="hidden" name="appeal" value="<?cs var:Card.Id ?>">
<?cs call:search_field("surname", Lang.Card.Surname, Search.surname, SearchWrong.surname, "16") ?>
<?cs call:search_field("given_name", Lang.Card.GivenName, Search.given_name, SearchWrong.given_name, "12") ?>
<?cs call:search_field("patronymic", Lang.Card.Patronymic, Search.patronymic, SearchWrong.patronymic, "14") ?>
<?cs call:search_field("birth_date", Lang.Registry.Birth, Search.birth_date, SearchWrong.birth_date, "10") ?>
<div class="col-auto"><div aria-hidden="true"><span class="form-label d-inline-block">&nbsp;</span></div>
<div class="beside-fields"><button class="btn btn-sm btn-primary"><?cs var:Lang.Registry.Search ?></button>
<button type="button" class="btn btn-sm btn-outline-secondary" data-registry-clear><?cs var:Lang.Registry.Clear ?></button></div></div>
<div class="w-100"></div>
<?cs call:search_field("enp", Lang.Registry.Enp, Search.enp, SearchWrong.enp, "16") ?>
<?cs call:search_field("snils", Lang.Registry.Snils, Search.snils, SearchWrong.snils, "14") ?>
<?cs call:search_field("phone", Lang.Registry.Phone, Search.phone, SearchWrong.phone, "14") ?>
<p class="col form-text align-self-end mb-1"><?cs var:Lang.Registry.Note ?></p>
</form>
<p class="alert alert-warning py-1 mb-1" role="alert" data-registry-empty hidden><?cs var:Lang.Msg.M04 ?></p>
<div data-registry-found>
<?cs if:Search.Message ?><p class="alert alert-<?cs var:Search.Kind ?> py-1 mb-1" role="<?cs if:Search.Kind == "info" ?>status<?cs else ?>alert<?cs /if ?>"><?cs var:Search.Message ?></p><?cs /if ?>
<?cs if:?Persons.0.Surname ?><?cs call:person_head() ?><?cs each:p = Persons ?><?cs call:person_row(p) ?><?cs /each ?></tbody></table></div><?cs /if ?>
<?cs call:elsewhere(Elsewhere.Persons) ?>
<?cs if:?Maybe.0.Surname || Elsewhere.Maybe ?><h3 class="h6 mb-0"><?cs var:Lang.Registry.Maybe ?></h3><?cs if:?Maybe.0.Surname ?><?cs call:person_head() ?><?cs each:p = Maybe ?><?cs call:person_row(p) ?><?cs /each ?></tbody></table></div><?cs /if ?><?cs call:elsewhere(Elsewhere.Maybe) ?><?cs /if ?>
</div>
</div>
</section>
<?cs /def ?>
