-- Settings that nothing reads: what they promised is said elsewhere (a queue's
-- wrap-up) or comes with the part that will read it.
DELETE FROM setting WHERE name IN (
	'appeal.auto_close_consultations', 'login.max_failed', 'phone.extend_s',
	'phone.misses', 'phone.wrapup_s', 'queue.default',
	'recording.keep_complaint_days', 'recording.keep_days',
	'roles.insurer_in_fund', 'session.idle_s', 'session.life_s');
