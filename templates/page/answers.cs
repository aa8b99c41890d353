<?cs # Answers and proposals: what is in force and what waits for a decision ?>
<?cs include:"macros/admin.cs" ?>
<?cs set:Page.Title = Lang.Answer.Title ?>
<?cs def:content() ?>
<?cs call:admin_head("admin/scenarios", Lang.Answer.Title) ?>
<div class="list-search px-3 pb-2" role="search">
<label class="visually-hidden" for="list-search"><?cs var:Lang.Directory.Search ?></label>
<input class="form-control form-control-sm" id="list-search" type="search" maxlength="100" autocomplete="off" spellcheck="false" placeholder="<?cs var:Lang.Directory.Search ?>" data-list-search aria-controls="list-rows">
<form class="d-flex gap-1" action="/admin/scenarios"><label class="visually-hidden" for="answer-state"><?cs var:Lang.Answer.State ?></label>
<select class="form-select form-select-sm w-auto" id="answer-state" name="state"><option value=""><?cs if:Can.Decide == "1" ?><?cs var:Lang.Answer.Current ?><?cs else ?><?cs var:Lang.Answer.Mine ?><?cs /if ?></option>
<?cs each:s = States ?><option value="<?cs var:s.Code ?>"<?cs if:s.Code == List.State ?> selected<?cs /if ?>><?cs var:s.Name ?></option>
<?cs /each ?></select><button class="btn btn-sm btn-outline-secondary"><?cs var:Lang.Answer.Show ?></button></form>
<span class="list-count text-body-secondary small" role="status" data-list-count="<?cs var:Lang.Directory.Found ?>"></span>
<?cs if:Can.Decide == "1" && List.Proposals > 0 ?><a class="badge text-bg-warning text-decoration-none" href="/admin/scenarios?state=PROPOSED"><?cs var:Lang.Answer.Queue ?>: <?cs var:List.Proposals ?></a><?cs /if ?>
<a class="btn btn-sm btn-primary ms-auto" href="/admin/scenarios/new"><?cs if:Can.Decide == "1" ?><?cs var:Lang.Answer.Add ?><?cs else ?><?cs var:Lang.Answer.Propose ?><?cs /if ?></a>
</div>
<div class="journal-scroll">
<table class="table table-sm table-hover list mb-0">
<caption class="visually-hidden"><?cs var:Lang.Answer.Title ?></caption>
<thead><tr><th scope="col"><?cs var:Lang.Answer.Code ?></th><th scope="col"><?cs var:Lang.Answer.theme ?></th><th scope="col"><?cs var:Lang.Answer.title ?></th><th scope="col"><?cs var:Lang.Answer.Version ?></th><th scope="col"><?cs var:Lang.Answer.State ?></th><th scope="col"><?cs var:Lang.Answer.valid_from ?></th><th scope="col"><?cs var:Lang.Answer.valid_to ?></th><th scope="col"><?cs var:Lang.Answer.Author ?></th></tr></thead>
<tbody id="list-rows" data-list-rows>
<?cs each:a = Answers ?><tr tabindex="-1"><td data-find class="num"><?cs var:a.Code ?></td><td data-find class="num"><?cs var:a.Theme ?></td>
<td data-find><a href="/admin/scenarios/<?cs var:a.Id ?>"><?cs var:a.Title ?></a> <span class="text-body-secondary small"><?cs var:a.Keywords ?></span></td>
<td class="num"><?cs var:a.Version ?></td><td><?cs var:a.State ?><?cs if:a.RefusedWhy ?>: <?cs var:a.RefusedWhy ?><?cs /if ?></td><td class="num"><?cs if:a.From ?><?cs var:a.From ?><?cs else ?><?cs var:a.Approved ?><?cs /if ?></td><td class="num"><?cs var:a.To ?></td><td data-find><?cs var:a.Author ?></td></tr>
<?cs /each ?></tbody>
</table>
<p class="list-none text-body-secondary" data-list-none<?cs if:Answers.0.Id ?> hidden<?cs /if ?>><?cs if:Answers.0.Id ?><?cs var:Lang.Directory.None ?><?cs else ?><?cs var:Lang.Directory.Empty ?><?cs /if ?></p>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
