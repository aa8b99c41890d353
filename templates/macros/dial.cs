<?cs # «Позвонить» beside a number: static/js/phone/dial.js. appeal: the call is
     about it, "" = none ?>
<?cs def:dial(number, appeal) ?><?cs if:number ?><button type="button" class="link-btn" data-dial="<?cs var:number ?>"<?cs if:appeal ?> data-dial-appeal="<?cs var:appeal ?>"<?cs /if ?> disabled><svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#phone"></use></svg><span class="visually-hidden"><?cs var:Lang.Phone.CallUp ?></span></button><?cs /if ?><?cs /def ?>
