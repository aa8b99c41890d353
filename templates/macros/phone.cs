<?cs # The telephone. Filled and switched by static/js/phone: data-t texts,
     data-show parts, data-on controls; the table is in panel.js. The words
     of the script stand in the template at the end. ?>
<div class="phone-head">
<h2 class="side-title" id="phone-title"><?cs var:Lang.Phone.Title ?></h2>
<span class="phone-quality" data-show="quality" data-kind="quality" hidden><span class="bars" aria-hidden="true"><i></i><i></i><i></i></span><span class="visually-hidden" data-t="quality"></span></span>
<div class="dropdown raise">
<button type="button" class="icon-btn" data-menu="raise-menu" data-on="raise" aria-haspopup="menu" aria-expanded="false" aria-label="<?cs var:Lang.Phone.Raise ?>" title="<?cs var:Lang.Phone.Raise ?>" disabled><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#alert"></use></svg></button>
<div class="menu" id="raise-menu" role="menu" hidden>
<?cs each:r = Lang.Phone.Raises ?><button type="button" role="menuitem" data-act="raise" data-value="<?cs var:r.Code ?>"><?cs var:r.Name ?></button>
<?cs /each ?></div>
</div>
<button type="button" class="icon-btn" data-act="devices" aria-label="<?cs var:Lang.Phone.Devices ?>" title="<?cs var:Lang.Phone.Devices ?>"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#gear"></use></svg></button>
</div>

<div class="phone-work" data-kind="work">
<div class="work-line"><span class="work-dot" aria-hidden="true"></span><span class="work-word" data-t="work" role="status"></span><span class="num work-timer" data-t="workTimer"></span></div>
<div class="shift-line"><span class="phone-status" data-t="status"></span><span class="shift-times" data-show="shift" hidden><span data-t="started"></span> <span class="num" data-t="shiftTimer"></span></span></div>
<div class="work-buttons">
<button type="button" class="btn btn-sm btn-primary" data-act="start" data-on="start" data-show="start" disabled><?cs var:Lang.Phone.Start ?></button>
<div class="dropdown" data-show="shift" hidden>
<button type="button" class="btn btn-sm btn-outline-secondary" data-menu="break-menu" data-on="break" data-show="breakMenu" aria-haspopup="menu" aria-expanded="false" disabled><?cs var:Lang.Phone.Break ?></button>
<button type="button" class="btn btn-sm btn-primary" data-act="resume" data-on="resume" data-show="resume" hidden disabled><?cs var:Lang.Phone.Resume ?></button>
<div class="menu" id="break-menu" role="menu" hidden>
<?cs each:r = Lang.Phone.Breaks ?><button type="button" role="menuitem" data-act="break" data-value="<?cs var:r.Code ?>"><?cs var:r.Name ?></button>
<?cs /each ?></div>
</div>
<button type="button" class="btn btn-sm btn-outline-secondary" data-act="finish" data-on="finish" data-show="shift" hidden disabled><?cs var:Lang.Phone.Finish ?></button>
<button type="button" class="btn btn-sm btn-primary" data-act="takeover" data-on="takeover" data-show="elsewhere" hidden disabled><?cs var:Lang.Phone.OpenHere ?></button>
</div>
</div>

<section class="phone-call" aria-label="<?cs var:Lang.Phone.Call ?>">
<div class="call-idle" data-show="idle"><?cs var:Lang.Phone.NoCall ?></div>
<div data-show="call" hidden>
<div class="call-top"><span class="call-number num" data-t="number"></span><span class="call-timer num" data-t="timer" data-kind="timer"></span></div>
<div class="call-line"><span class="call-state" data-t="callState" role="status"></span><span class="call-timer-label" data-t="timerLabel"></span><button type="button" class="link-btn" data-act="card" data-show="card" hidden><?cs var:Lang.Phone.Card ?></button></div>
<div class="call-line muted-line" data-show="about"><span data-t="queue"></span><span class="num" data-t="waited" data-show="waited" hidden></span></div>
<div class="call-line" data-show="from" hidden><span data-t="from"></span></div>
<div class="call-line call-peer" data-show="peer" hidden><span data-t="peer"></span><span class="peer-state" data-t="peerState"></span></div>
<div class="call-line call-emergency" data-show="emergencyLine" hidden><span data-t="emergency"></span></div>
<div class="call-marks" data-show="about"><span class="rec" data-show="recording" hidden><i aria-hidden="true"></i><span><?cs var:Lang.Phone.Recording ?></span></span><span class="mark-muted" data-show="muted" hidden><?cs var:Lang.Phone.MutedMark ?></span></div>
<div class="call-wrapup" data-show="wrapup" hidden>
<div class="call-buttons">
<button type="button" class="btn btn-primary" data-act="ready" data-on="ready" aria-keyshortcuts="Shift+F9" disabled><?cs var:Lang.Phone.Ready ?><kbd aria-hidden="true">⇧F9</kbd></button>
<button type="button" class="btn btn-call" data-act="extend" data-on="extend" disabled><?cs var:Lang.Phone.Extend ?></button>
</div>
<div class="d-flex gap-1">
<button type="button" class="btn btn-sm btn-call flex-fill" data-act="nontarget" data-on="nontarget" disabled><?cs var:Lang.Phone.NonTarget ?></button>
<select class="form-select form-select-sm w-auto" id="nontarget-kind" aria-label="<?cs var:Lang.Phone.NonTargetKind ?>"><?cs each:k = Lang.Phone.NonTargets ?><option value="<?cs var:k.Code ?>"><?cs var:k.Name ?></option><?cs /each ?></select>
</div>
</div>
</div>

<div class="call-buttons">
<button type="button" class="btn btn-answer" data-act="answer" data-on="answer" aria-keyshortcuts="F2" disabled><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#phone"></use></svg><?cs var:Lang.Phone.Answer ?><kbd aria-hidden="true">F2</kbd></button>
<button type="button" class="btn btn-drop" data-act="drop" data-on="drop" aria-keyshortcuts="Shift+F2" disabled><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#phone-down"></use></svg><span data-t="hangupLabel"><?cs var:Lang.Phone.Hangup ?></span><kbd data-show="dropKey" aria-hidden="true">⇧F2</kbd></button>
</div>
<div class="call-buttons uneven">
<button type="button" class="btn btn-call" data-act="hold" data-on="holdToggle" aria-keyshortcuts="F4" disabled><span data-t="holdLabel"><?cs var:Lang.Phone.Hold ?></span><kbd aria-hidden="true">F4</kbd></button>
<button type="button" class="btn btn-call" data-act="mute" data-on="mute" aria-keyshortcuts="Shift+F4" disabled><span data-t="muteLabel"><?cs var:Lang.Phone.Mute ?></span><kbd aria-hidden="true">⇧F4</kbd></button>
</div>
<div class="call-buttons four">
<form method="post" action="/appeal" data-add hx-sync="this:drop" hx-disabled-elt="find button">
<input type="hidden" name="csrf" value="<?cs var:Csrf ?>"><input type="hidden" name="call" value=""><input type="hidden" name="phone" value="">
<button class="btn btn-call" aria-keyshortcuts="F9"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#plus"></use></svg><?cs var:Lang.Phone.Add ?><kbd aria-hidden="true">F9</kbd></button>
</form>
<button type="button" class="btn btn-sos" data-act="emergency" data-value="112" data-on="emergency" disabled>112</button>
<button type="button" class="btn btn-sos" data-act="emergency" data-value="103" data-on="emergency" disabled>103</button>
<button type="button" class="btn btn-call" data-act="keys" aria-expanded="false" aria-controls="phone-keys" aria-label="<?cs var:Lang.Phone.Keypad ?>" title="<?cs var:Lang.Phone.Keypad ?>"><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#keypad"></use></svg></button>
</div>
<div class="call-buttons one" data-show="take" hidden><button type="button" class="btn btn-call" data-act="take" data-on="take" disabled><?cs var:Lang.Journal.Take ?></button></div>
<div class="call-buttons one" data-show="leave" hidden><button type="button" class="btn btn-call" data-act="leave" data-on="leave" aria-keyshortcuts="Shift+F2" disabled><?cs var:Lang.Phone.Leave ?><kbd aria-hidden="true">⇧F2</kbd></button></div>

<div class="dial-row"><label class="visually-hidden" for="phone-dial"><?cs var:Lang.Phone.Number ?></label>
<input class="form-control form-control-sm num" id="phone-dial" type="tel" inputmode="tel" maxlength="32" autocomplete="off" placeholder="<?cs var:Lang.Phone.Number ?>">
<button type="button" class="btn btn-sm btn-call" data-act="dial" data-on="dial" disabled><?cs var:Lang.Phone.Dial ?></button></div>
<div class="phone-keys" id="phone-keys" hidden>
<div class="keys" role="group" aria-label="<?cs var:Lang.Phone.Keypad ?>">
<?cs each:k = Lang.Phone.Keys ?><button type="button" class="btn btn-key" data-act="key" data-value="<?cs var:k ?>"><?cs var:k ?></button>
<?cs /each ?></div>
<output class="num keys-sent" data-t="digits" aria-label="<?cs var:Lang.Phone.KeysSent ?>"></output>
</div>
</section>

<div class="phone-message" role="alert" data-kind="message"><span data-t="message"></span></div>

<section class="phone-transfer" aria-labelledby="transfer-title">
<h3 class="side-title" id="transfer-title"><?cs var:Lang.Phone.TransferTitle ?></h3>
<form data-transfer hx-boost="false" novalidate>
<label class="form-label" for="phone-to"><?cs var:Lang.Phone.Extension ?></label>
<input class="form-control form-control-sm" id="phone-to" name="to" maxlength="60" autocomplete="off" aria-describedby="transfer-error" aria-keyshortcuts="F8">
<div class="call-buttons">
<button class="btn btn-call" data-on="transfer" aria-keyshortcuts="F8" disabled><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#forward"></use></svg><?cs var:Lang.Phone.Transfer ?><kbd aria-hidden="true">F8</kbd></button>
<button type="button" class="btn btn-call" data-act="consult" data-on="consult" disabled><?cs var:Lang.Phone.Consult ?></button>
</div>
<div class="call-buttons" data-show="consulting" hidden>
<button type="button" class="btn btn-primary" data-act="complete" data-on="complete" disabled><?cs var:Lang.Phone.Complete ?></button>
<button type="button" class="btn btn-call" data-act="back" data-on="back" disabled><?cs var:Lang.Phone.Back ?></button>
</div>
<p class="field-error" id="transfer-error" role="alert" data-transfer-error></p>
</form>
<ul class="people" data-people aria-label="<?cs var:Lang.Phone.Colleagues ?>"></ul>
</section>

<details class="phone-history" data-show="history" hidden><summary><?cs var:Lang.Phone.History ?></summary><ol data-history></ol></details>

<audio id="phone-headset" autoplay></audio>
<audio id="phone-ringer"></audio>

<dialog class="ask devices" id="phone-devices" aria-labelledby="devices-title">
<form method="dialog">
<h3 class="side-title" id="devices-title"><?cs var:Lang.Phone.Devices ?></h3>
<label class="form-label" for="dev-microphone"><?cs var:Lang.Phone.DevMicrophone ?></label>
<select class="form-select form-select-sm" id="dev-microphone" name="microphone" data-devices="audioinput"></select>
<label class="form-label" for="dev-headset"><?cs var:Lang.Phone.DevHeadset ?></label>
<select class="form-select form-select-sm" id="dev-headset" name="headset" data-devices="audiooutput"></select>
<label class="form-label" for="dev-ringer"><?cs var:Lang.Phone.DevRinger ?></label>
<select class="form-select form-select-sm" id="dev-ringer" name="ringer" data-devices="audiooutput"></select>
<p class="form-text"><?cs var:Lang.Phone.DevHint ?></p>
<div class="ask-buttons"><button class="btn btn-sm btn-primary" value="yes"><?cs var:Lang.Phone.DevSave ?></button><button class="btn btn-sm btn-outline-secondary" value="no"><?cs var:Lang.Phone.DevCancel ?></button></div>
</form>
</dialog>

