-- «Сообщить об ошибке» in «Организации» (K-4.1.6). An entry may go; what was
-- said of it stays, under the name it had.
CREATE TABLE IF NOT EXISTS organization_error (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'one report',
	organization_id INT UNSIGNED NULL
		COMMENT 'entry of the directory; NULL: removed since',
	entry VARCHAR(160) NOT NULL COMMENT 'its short name at that time',
	user_id INT UNSIGNED NOT NULL COMMENT 'who reported it',
	at DATETIME(3) NOT NULL COMMENT 'UTC',
	text VARCHAR(1000) NOT NULL COMMENT 'what is wrong, in his words',
	state ENUM('NEW', 'FIXED', 'REJECTED') NOT NULL DEFAULT 'NEW'
		COMMENT '«Исправлено», «Отклонено»',
	decided_by INT UNSIGNED NULL COMMENT 'which administrator',
	decided_at DATETIME(3) NULL COMMENT 'UTC',
	PRIMARY KEY (id),
	KEY org_error_entry (organization_id),
	KEY org_error_user (user_id),
	KEY org_error_decider (decided_by),
	CONSTRAINT org_error_entry FOREIGN KEY (organization_id)
		REFERENCES organization (id) ON DELETE SET NULL,
	CONSTRAINT org_error_user FOREIGN KEY (user_id)
		REFERENCES user_account (id),
	CONSTRAINT org_error_decider FOREIGN KEY (decided_by)
		REFERENCES user_account (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Errors that people report in the directory of organizations';
ALTER TABLE notice MODIFY kind VARCHAR(16) NOT NULL
	COMMENT 'a step (RETURN FORWARD …), TERM5 TERM1 TERM0 OVERDUE, LATE_REVIEW, ORG_ERROR';
