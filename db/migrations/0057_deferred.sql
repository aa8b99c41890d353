-- Since when an applicant waits to be called back (K-6.2.5).
ALTER TABLE appeal
	ADD COLUMN IF NOT EXISTS deferred_at DATETIME(3) NULL
		COMMENT 'since when it is DEFERRED, UTC; NULL: since registered_at'
		AFTER deferred_reason;
UPDATE appeal SET deferred_at = (SELECT MAX(h.at) FROM appeal_history h
	WHERE h.appeal_id = appeal.id AND h.to_status = 'DEFERRED'
	AND COALESCE(h.from_status, '') <> 'DEFERRED')
	WHERE status = 'DEFERRED';
