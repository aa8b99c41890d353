-- The figures of a month are read from indexes alone, and a call's result
-- stands in its appeal once by a key instead of by equal moments.

ALTER TABLE call_event DROP KEY event_kind,
	ADD KEY event_kind (kind, at, user_id);

ALTER TABLE agent_event DROP KEY agent_user,
	ADD KEY agent_user (user_id, at, id, state);

CREATE TABLE IF NOT EXISTS call_attempt (
	call_id UUID NOT NULL COMMENT 'call made about the appeal',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'the key makes it stand there once',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	PRIMARY KEY (call_id, appeal_id),
	KEY attempt_appeal (appeal_id),
	CONSTRAINT attempt_of FOREIGN KEY (appeal_id) REFERENCES appeal (id)
) COMMENT 'Calls whose result stands in the history of an appeal (K-6.2.4)';

INSERT IGNORE INTO call_attempt (call_id, appeal_id)
	SELECT c.id, h.appeal_id FROM appeal_history h
	JOIN appeal_call l ON l.appeal_id = h.appeal_id
	JOIN call_record c ON c.id = l.call_id AND c.direction = 'OUT'
		AND c.ended_at = h.at
	JOIN call_event e ON e.call_id = c.id AND e.kind = 'DIAL'
		AND e.user_id = h.user_id
	WHERE h.event = 'ATTEMPT';
