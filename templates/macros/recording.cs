<?cs # A player that loads nothing until it is opened and started. rec: Id, At,
     Kind (text), Length ("" until it is told), Now (its call goes on) ?>
<?cs def:recording(rec) ?>
<div class="recording d-flex align-items-center gap-2" data-recording="<?cs var:rec.Id ?>">
<span class="small text-body-secondary"><?cs var:rec.Kind ?> <?cs var:rec.At ?><?cs if:rec.Length ?>, <?cs var:rec.Length ?><?cs /if ?></span>
<?cs if:rec.Now ?><span class="small" data-recording-now><?cs var:Lang.Recording.Now ?></span><?cs else ?><audio controls preload="none" src="/recording/<?cs var:url_escape(rec.Id) ?>" aria-label="<?cs var:Lang.Recording.Title ?> <?cs var:rec.At ?>"></audio><?cs /if ?>
</div>
<?cs /def ?>
