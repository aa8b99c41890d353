-- Call-backs have a limit of their own, and an operator may be moved to another
-- queue for a day (DOMAIN section 7).

ALTER TABLE queue
	MODIFY max_len SMALLINT UNSIGNED NOT NULL DEFAULT 200
		COMMENT 'callers waiting; more are refused before answering. Call-backs do not count',
	ADD COLUMN IF NOT EXISTS max_places SMALLINT UNSIGNED NOT NULL
		DEFAULT 100 COMMENT 'numbers kept for a call-back; while there are so many no more may be left'
		AFTER max_len;

ALTER TABLE supervisor_action
	MODIFY action VARCHAR(16) NOT NULL
		COMMENT 'REQUEUE, END («Снять вызов»), BREAK, MOVE («В другую очередь»); ASSIGN: an operator to another queue for this day, without a queue: back to his own',
	MODIFY queue_id INT UNSIGNED NULL
		COMMENT 'where the call or the operator was moved to';
