-- Of two moves of an operator the later one holds, whatever the clock said: it
-- may have been put back in between, and the process begun anew.

ALTER TABLE supervisor_action
	ADD COLUMN IF NOT EXISTS seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT
		COMMENT 'order in which they were made'
		AFTER result,
	ADD UNIQUE KEY IF NOT EXISTS action_seq (seq);
