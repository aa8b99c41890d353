-- The electronic secretary (K-2.0.10), call-backs and work nobody has yet
-- (K-4.0.10).

ALTER TABLE recording MODIFY kind ENUM('CALL','CONSULT','INTERNAL',
	'VOICEMAIL') NOT NULL
	COMMENT 'the call, a consultation in it, between employees, or a message taken outside the hours with the words before it';

INSERT IGNORE INTO setting (name, value, about) VALUES
('voicemail.max_s', '180', 'Самое длинное голосовое сообщение, с'),
('voicemail.quiet_s', '6', 'Тишина, которой сообщение кончается, с'),
('voicemail.min_s', '1',
	'Голоса меньше — не сообщение, а пропущенный вызов, с');

CREATE TABLE IF NOT EXISTS call_place (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7 made by the plugin',
	call_id UUID NOT NULL COMMENT 'call in which the number was left',
	node VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'machine that keeps it',
	queue_id INT UNSIGNED NOT NULL COMMENT 'where it waits',
	number VARCHAR(32) NOT NULL COMMENT 'to be called back, E.164',
	since DATETIME(3) NOT NULL
		COMMENT 'its rank: when the caller began to wait, UTC',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	UNIQUE KEY place_call (call_id),
	KEY place_node (node),
	KEY place_stored (stored_at)
) COMMENT 'Evidence: a place kept in a queue for somebody to be called back';

CREATE TABLE IF NOT EXISTS call_place_end (
	place_id UUID NOT NULL PRIMARY KEY COMMENT 'which place',
	ended_at DATETIME(3) NOT NULL COMMENT 'UTC',
	reason VARCHAR(16) NOT NULL
		COMMENT 'DIALLED, TAKEN, ANSWERED: called again and was answered',
	user_id INT UNSIGNED NULL COMMENT 'who has it now',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY place_end_stored (stored_at)
) COMMENT 'Evidence: a place came to its turn, or was taken before';

CREATE TABLE IF NOT EXISTS loose_message (
	call_id UUID NOT NULL PRIMARY KEY
		COMMENT 'its call; the key makes it stand here once',
	organization_id INT UNSIGNED NOT NULL COMMENT 'whose queue it was',
	at DATETIME(3) NOT NULL COMMENT 'when it was left, UTC',
	state ENUM('OPEN','TAKEN','NON_TARGET') NOT NULL DEFAULT 'OPEN'
		COMMENT 'NON_TARGET: ended without an appeal',
	user_id INT UNSIGNED NULL COMMENT 'who decided',
	decided_at DATETIME(3) NULL COMMENT 'UTC',
	appeal_id BIGINT UNSIGNED NULL COMMENT 'card made of it (T1)',
	KEY loose_state (state, organization_id, at),
	CONSTRAINT loose_organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
) COMMENT '«Сообщение без номера»: voice messages without a number (K-4.0.10)';
