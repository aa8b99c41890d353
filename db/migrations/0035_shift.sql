-- «Смена сейчас» (K-4.0.12): alerts, what became of them, and what a
-- supervisor did to a call or to an operator. All of it is evidence.

CREATE TABLE IF NOT EXISTS shift_alert (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7 made by the plugin',
	node VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'machine that raised it',
	at DATETIME(3) NOT NULL COMMENT 'when it was raised, UTC',
	kind VARCHAR(16) NOT NULL
		COMMENT 'EMERGENCY, THREAT, OPERATOR_UNWELL (K-5.1.8.10), LONG_WAIT, FRAUD, TRUNK',
	call_id UUID NULL COMMENT 'in which call',
	user_id INT UNSIGNED NULL COMMENT 'employee concerned',
	queue_id INT UNSIGNED NULL COMMENT 'queue of the call',
	organization_id INT UNSIGNED NULL
		COMMENT 'whose supervisors it concerns; NULL: the fund''s',
	text VARCHAR(200) NOT NULL DEFAULT ''
		COMMENT 'what there is to say; no personal data of a citizen',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY alert_at (at),
	KEY alert_stored (stored_at)
) COMMENT 'Evidence: notices to the supervisors of a shift';

CREATE TABLE IF NOT EXISTS shift_alert_step (
	alert_id UUID NOT NULL COMMENT 'which alert',
	seq TINYINT UNSIGNED NOT NULL
		COMMENT '1: told to more people, 2: ended; each once',
	step VARCHAR(16) NOT NULL
		COMMENT 'ESCALATED: to ОП2 and administrators; ACCEPTED: «Принял»; OVER: no longer true',
	at DATETIME(3) NOT NULL COMMENT 'UTC',
	user_id INT UNSIGNED NULL COMMENT 'who accepted it',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	PRIMARY KEY (alert_id, seq),
	KEY step_stored (stored_at)
) COMMENT 'Evidence: what became of a notice';

CREATE TABLE IF NOT EXISTS supervisor_action (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7 made by the plugin',
	at DATETIME(3) NOT NULL COMMENT 'UTC',
	user_id INT UNSIGNED NOT NULL COMMENT 'supervisor or administrator',
	action VARCHAR(16) NOT NULL
		COMMENT 'REQUEUE, END («Снять вызов»), BREAK, MOVE («В другую очередь»)',
	call_id UUID NULL COMMENT 'the call acted upon',
	target_user INT UNSIGNED NULL COMMENT 'the operator acted upon',
	queue_id INT UNSIGNED NULL COMMENT 'where the call was moved to',
	reason VARCHAR(200) NOT NULL COMMENT 'as given by the supervisor',
	result VARCHAR(16) NOT NULL COMMENT 'OK, or the code of the refusal',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY action_at (at),
	KEY action_call (call_id),
	KEY action_stored (stored_at)
) COMMENT 'Evidence: who intervened in a shift, and why';

INSERT IGNORE INTO setting (name, value, about) VALUES
('shift.accept_s', '30',
	'Через сколько без «Принял» тревога идёт ОП2 и администраторам, с'),
('shift.long_wait_s', '120',
	'Ожидание, с которого старший смены предупреждается, с'),
('shift.service_s', '20', 'Порог уровня обслуживания, с');
