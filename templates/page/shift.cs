<?cs # «Смена сейчас»: the frame; static/js/shift.js fills it from what the
     plugin pushes. Rows are made of the templates beside each table. ?>
<?cs set:Page.Title = Lang.Shift.Title ?>
<?cs def:figure(name, label) ?><div class="figure"><dt><?cs var:label ?></dt><dd class="num" data-figure="<?cs var:name ?>">—</dd></div><?cs /def ?>
<?cs def:content() ?>
<div class="shift" data-shift>
<div class="shift-head">
<h1 class="h5 mb-0"><?cs var:Lang.Shift.Title ?></h1>
<span class="shift-scope"><?cs var:User.Org ?></span>
<?cs if:May.Substitutions == "1" ?><a class="small" href="/substitutions"><?cs var:Lang.Substitutions.Title ?></a><?cs /if ?>
<?cs if:May.Report == "1" ?><a class="small" href="/report/refused"><?cs var:Lang.Refused.Title ?></a><?cs /if ?>
<a class="small" href="/holidays"><?cs var:Lang.Holidays.Title ?></a>
<span class="shift-link" data-shift-link role="status"></span>
<ul class="trunks" data-rows="trunks" aria-label="<?cs var:Lang.Shift.Trunks ?>"></ul>
<template data-row="trunks"><li class="trunk"><i class="dot" aria-hidden="true"></i><span data-c="name"></span> <span class="trunk-state" data-c="state"></span></li></template>
</div>
<dl class="shift-figures">
<?cs call:figure("waiting", Lang.Shift.Waiting) ?>
<?cs call:figure("longest", Lang.Shift.Longest) ?>
<?cs call:figure("free", Lang.Shift.Free) ?>
<?cs call:figure("talking", Lang.Shift.Talking) ?>
<?cs call:figure("pause", Lang.Shift.Pause) ?>
<div class="figure"><dt><?cs var:Lang.Shift.Level ?></dt><dd class="num"><span data-figure="level">—</span> <span class="figure-note" data-service></span></dd></div>
<div class="figure wide"><dt><?cs var:Lang.Shift.Today ?></dt><dd class="num"><span data-figure="offered">0</span><i aria-hidden="true">/</i><span data-figure="answered">0</span><i aria-hidden="true">/</i><span data-figure="abandoned">0</span></dd></div>
</dl>
<section class="shift-alerts" data-shift-alerts aria-labelledby="shift-alerts" hidden>
<h2 class="side-title" id="shift-alerts"><?cs var:Lang.Shift.Alerts ?></h2>
<ul data-rows="alerts"></ul>
<template data-row="alerts"><li><b data-c="kind"></b><span class="alert-where" data-c="where"></span><span class="alert-raised" data-c="raised"></span><span class="num" data-c="since"></span><button type="button" class="btn btn-sm btn-outline-secondary" hidden><?cs var:Lang.Shift.Accept ?></button></li></template>
</section>
<div class="shift-bar" role="toolbar" aria-label="<?cs var:Lang.Shift.Actions ?>">
<span class="picked-what" data-picked><?cs var:Lang.Phone.Words.ShiftPick ?></span>
<span class="shift-error" data-shift-error role="alert"></span>
<?cs if:Act == "1" ?><button type="button" class="btn btn-sm btn-outline-secondary" data-do="move" disabled><?cs var:Lang.Shift.Move ?></button>
<button type="button" class="btn btn-sm btn-outline-secondary" data-do="rest" disabled><?cs var:Lang.Shift.Rest ?></button>
<button type="button" class="btn btn-sm btn-outline-danger" data-do="release" disabled><?cs var:Lang.Shift.Release ?></button><?cs /if ?>
</div>
<div class="shift-tables">
<section class="shift-calls" aria-labelledby="shift-calls">
<h2 class="side-title" id="shift-calls"><?cs var:Lang.Shift.Calls ?></h2>
<table class="board">
<caption class="visually-hidden"><?cs var:Lang.Shift.Calls ?></caption>
<thead><tr><th scope="col"><span class="visually-hidden"><?cs var:Lang.Shift.Pick ?></span></th><th scope="col"><?cs var:Lang.Shift.Position ?></th><th scope="col"><?cs var:Lang.Shift.Number ?></th><th scope="col"><?cs var:Lang.Shift.Queue ?></th><th scope="col" class="end"><?cs var:Lang.Shift.Waits ?></th></tr></thead>
<tbody data-rows="calls"></tbody>
</table>
<template data-row="calls"><tr><td><input type="radio" name="pick"></td><td class="num" data-c="position"></td><td><span class="num strong" data-c="number"></span><span class="sub" data-c="state"></span></td><td><span class="cut" data-c="queue"></span></td><td class="num end strong" data-c="since"></td></tr></template>
<p class="none" data-none="calls"><?cs var:Lang.Shift.NoCalls ?></p>
<div data-away hidden>
<h2 class="side-title" id="shift-away"><?cs var:Lang.Shift.Away ?></h2>
<table class="board">
<caption class="visually-hidden"><?cs var:Lang.Shift.Away ?></caption>
<thead><tr><th scope="col"><span class="visually-hidden"><?cs var:Lang.Shift.Pick ?></span></th><th scope="col"></th><th scope="col"><?cs var:Lang.Shift.Number ?></th><th scope="col"><?cs var:Lang.Shift.Queue ?></th><th scope="col" class="end"><?cs var:Lang.Shift.Since ?></th></tr></thead>
<tbody data-rows="away"></tbody>
</table>
<template data-row="away"><tr><td><input type="radio" name="pick"></td><td aria-hidden="true">↗</td><td><span class="num strong" data-c="number"></span><span class="sub" data-c="state"></span></td><td><span class="cut" data-c="queue"></span><span class="sub" data-c="from"></span></td><td class="num end strong" data-c="since"></td></tr></template>
</div>
</section>
<section class="shift-agents" aria-labelledby="shift-agents">
<h2 class="side-title" id="shift-agents"><?cs var:Lang.Shift.Agents ?></h2>
<table class="board">
<caption class="visually-hidden"><?cs var:Lang.Shift.Agents ?></caption>
<thead><tr><th scope="col"><span class="visually-hidden"><?cs var:Lang.Shift.Pick ?></span></th><th scope="col"><?cs var:Lang.Shift.Ext ?></th><th scope="col"><?cs var:Lang.Shift.Name ?></th><th scope="col"><?cs var:Lang.Shift.State ?></th><th scope="col" class="end"><?cs var:Lang.Shift.Since ?></th><th scope="col"><?cs var:Lang.Shift.Call ?></th><th scope="col"><?cs var:Lang.Shift.Queues ?></th></tr></thead>
<tbody data-rows="agents"></tbody>
</table>
<template data-row="agents"><tr><td><input type="radio" name="pick"></td><td class="num muted" data-c="ext"></td><td><span class="cut strong" data-c="name"></span></td><td><i class="dot" aria-hidden="true"></i><span data-c="state"></span><span class="sub" data-c="why"></span></td><td class="num end" data-c="since"></td><td><span class="num" data-c="call"></span><span class="sub" data-c="mark"></span></td><td><span class="cut muted" data-c="queues"></span><span class="sub" data-c="today"></span></td></tr></template>
<p class="none" data-none="agents"><?cs var:Lang.Shift.NoAgents ?></p>
</section>
</div>
<template id="shift-dialog"><dialog class="ask intervene" aria-labelledby="intervene-title">
<form method="dialog" novalidate>
<h3 class="h6 mb-1" id="intervene-title" data-title></h3>
<p class="num mb-2" data-about></p>
<div class="mb-2" data-part="move"><label class="form-label" for="intervene-queue"><?cs var:Lang.Shift.ToQueue ?></label>
<select class="form-select form-select-sm" id="intervene-queue" name="queue"></select></div>
<fieldset class="mb-2" data-part="way"><legend class="form-label"><?cs var:Lang.Shift.Way ?></legend>
<label class="way"><input type="radio" name="way" value="back" checked> <?cs var:Lang.Shift.WayBack ?></label>
<label class="way"><input type="radio" name="way" value="end"> <?cs var:Lang.Shift.WayEnd ?></label></fieldset>
<p class="later" data-today><?cs var:Lang.Shift.TodayOnly ?></p>
<p class="later" data-later><?cs var:Lang.Shift.Later ?></p>
<label class="form-label" for="intervene-reason"><?cs var:Lang.Shift.Reason ?></label>
<input class="form-control form-control-sm" id="intervene-reason" name="reason" maxlength="200" autocomplete="off" required aria-describedby="intervene-error">
<div class="cut-off" data-part="end"><p class="mb-1"><?cs var:Lang.Shift.EndWarns ?></p>
<label class="way"><input type="checkbox" name="sure"> <?cs var:Lang.Shift.EndSure ?></label></div>
<p class="field-error" id="intervene-error" role="alert" data-error></p>
<div class="ask-buttons"><button class="btn btn-sm btn-primary" value="yes"><?cs var:Lang.Shift.Do ?></button><button class="btn btn-sm btn-outline-secondary" value="no" formnovalidate><?cs var:Lang.Shift.Cancel ?></button></div>
</form>
</dialog></template>
</div>
<?cs /def ?>
<?cs include:"layout.cs" ?>
