-- What an employee is told about appeals: kept until he has read it.
CREATE TABLE IF NOT EXISTS notice (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; does not commit in order',
	user_id INT UNSIGNED NOT NULL COMMENT 'whom it concerns',
	appeal_id BIGINT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'which appeal; 0: a number of them',
	kind VARCHAR(16) NOT NULL
		COMMENT 'a step (RETURN FORWARD …), TERM5 TERM1 TERM0 OVERDUE, LATE_REVIEW',
	amount INT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'of appeals it is about',
	day DATE NULL
		COMMENT 'a reminder: of which term, or of which day; NULL: a step',
	at DATETIME(3) NOT NULL COMMENT 'UTC',
	read_at DATETIME(3) NULL COMMENT 'UTC; NULL: not yet',
	UNIQUE KEY notice_once (user_id, kind, appeal_id, day),
	KEY notice_user (user_id, read_at),
	KEY notice_at (at),
	CONSTRAINT notice_to FOREIGN KEY (user_id)
		REFERENCES user_account (id) ON DELETE CASCADE
) COMMENT 'Извещения об обращениях, of steps of others and of terms (K-6.0.4)';

INSERT IGNORE INTO setting (name, value, about) VALUES
('notice.keep_days', '90', 'Сколько дней хранятся извещения об обращениях');
