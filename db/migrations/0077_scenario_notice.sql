-- Who has proposed an answer is told what became of it (K-5.1.5.5).
ALTER TABLE notice
	ADD COLUMN IF NOT EXISTS scenario_id INT UNSIGNED NULL
		COMMENT 'which version of an answer; NULL: it is about appeals'
		AFTER appeal_id,
	MODIFY kind VARCHAR(16) NOT NULL
		COMMENT 'a step (RETURN FORWARD …), TERM5 TERM1 TERM0 OVERDUE, LATE_REVIEW, ORG_ERROR, ANSWER_APPROVE, ANSWER_REFUSE',
	ADD CONSTRAINT notice_answer FOREIGN KEY IF NOT EXISTS (scenario_id)
		REFERENCES scenario (id) ON DELETE CASCADE;
