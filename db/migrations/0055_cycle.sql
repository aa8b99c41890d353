-- The whole life of an appeal: what its result says, answers to the applicant,
-- what was changed by whom, who stands in for whom.
ALTER TABLE appeal
	ADD COLUMN IF NOT EXISTS review_at DATETIME(3) NULL
		COMMENT 'since when it is under review; UTC' AFTER review_kind,
	ADD COLUMN IF NOT EXISTS result_note VARCHAR(300) NOT NULL DEFAULT ''
		COMMENT 'reason of a refusal, addressee, organization, to whom'
		AFTER result_code,
	ADD COLUMN IF NOT EXISTS result_reference VARCHAR(40) NOT NULL DEFAULT ''
		COMMENT 'number of the letter, of the other appeal'
		AFTER result_note,
	ADD COLUMN IF NOT EXISTS result_date DATE NULL
		COMMENT 'of the letter, local date' AFTER result_reference,
	ADD COLUMN IF NOT EXISTS result_kind VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT 'direction of a letter, kind of a non-target call'
		AFTER result_date,
	ADD COLUMN IF NOT EXISTS delete_reason VARCHAR(500) NOT NULL DEFAULT ''
		COMMENT 'its assignee asks for its removal (T17); empty: no',
	ADD INDEX IF NOT EXISTS appeal_review (status, review_at);

CREATE TABLE IF NOT EXISTS appeal_change (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; does not commit in order',
	history_id BIGINT UNSIGNED NOT NULL
		COMMENT 'the step: who, when, from where',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which appeal',
	field VARCHAR(32) NOT NULL COMMENT 'column of appeal',
	before_value TEXT NULL COMMENT 'as it was, NULL: nothing',
	after_value TEXT NULL COMMENT 'as it is then',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY change_appeal (appeal_id, id),
	KEY change_stored (stored_at)
) COMMENT 'Evidence: what a step changed in the fields of an appeal (T5)';

CREATE TABLE IF NOT EXISTS appeal_answer (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; does not commit in order',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which appeal',
	kind ENUM('ACCEPTED', 'INTERIM', 'EXTENSION', 'FORWARDED', 'FINAL',
		'NO_ANSWER') NOT NULL
		COMMENT 'K-6.1.11; NO_ANSWER: art. 11 59-ФЗ',
	channel VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT 'PHONE POST EMAIL PORTAL PERSON; empty: none',
	answered_on DATE NOT NULL COMMENT '«Дата ответа», local date',
	out_number VARCHAR(40) NOT NULL DEFAULT '' COMMENT '«Исходящий №»',
	text TEXT NULL COMMENT 'what was answered',
	user_id INT UNSIGNED NOT NULL COMMENT 'who put it in',
	at DATETIME(3) NOT NULL COMMENT 'when, UTC',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY answer_appeal (appeal_id, id),
	KEY answer_stored (stored_at)
) COMMENT 'Evidence: answers to the applicant (K-6.1.11)';

CREATE TABLE IF NOT EXISTS substitution (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	absent_id INT UNSIGNED NOT NULL COMMENT 'who is away',
	by_id INT UNSIGNED NOT NULL COMMENT 'who stands in for him',
	from_day DATE NOT NULL COMMENT 'first day, local',
	to_day DATE NOT NULL COMMENT 'last day, local',
	KEY substitution_absent (absent_id, to_day),
	CONSTRAINT substitution_who FOREIGN KEY (absent_id)
		REFERENCES user_account (id) ON DELETE CASCADE,
	CONSTRAINT substitution_by FOREIGN KEY (by_id)
		REFERENCES user_account (id) ON DELETE CASCADE,
	CONSTRAINT substitution_order CHECK (to_day >= from_day),
	CONSTRAINT substitution_other CHECK (absent_id <> by_id)
) COMMENT 'Замещение (K-6.0.3): new work of the absent goes to another';

UPDATE appeal SET review_at = COALESCE((SELECT MAX(h.at) FROM appeal_history h
	WHERE h.appeal_id = appeal.id AND h.to_status = 'UNDER_REVIEW'),
	updated_at) WHERE status = 'UNDER_REVIEW' AND review_at IS NULL;

INSERT IGNORE INTO setting (name, value, about) VALUES
('review.open_percent', '10',
	'Доля простых обращений, которые утверждаются только по одному, %'),
('review.seed', CAST(FLOOR(RAND() * 1000000000) AS CHAR),
	'Начальное число, по которому они выбираются');

ALTER TABLE shift_alert ADD INDEX IF NOT EXISTS alert_call (call_id);
