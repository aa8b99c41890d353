<?cs # Themes: the list that fits type and keywords; Card.Theme: the chosen ?>
<?cs def:theme_select() ?>
<select class="form-select form-select-sm" id="theme-code" name="theme" size="6" aria-label="<?cs var:Lang.Card.Theme ?>"<?cs if:Card.Readonly == "1" ?> disabled<?cs /if ?>>
<?cs each:t = Themes ?><option value="<?cs var:t.Code ?>"<?cs if:t.Code == Card.Theme ?> selected<?cs /if ?>><?cs var:t.Code ?> · <?cs var:t.Name ?></option>
<?cs /each ?></select>
<?cs if:!?Themes.0.Code ?><p class="form-text mb-0"><?cs if:Card.Type ?><?cs var:Lang.Card.NoThemes ?><?cs else ?><?cs var:Lang.Card.ChooseType ?><?cs /if ?></p><?cs /if ?>
<?cs /def ?>
