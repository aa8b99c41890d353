-- Earlier appeals of the same citizen that somebody linked to an appeal, or
-- said to be his (K-5.1.7).
CREATE TABLE IF NOT EXISTS appeal_link (
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'the later one',
	earlier_id BIGINT UNSIGNED NOT NULL COMMENT 'the earlier one',
	reason ENUM('SAME', 'THEME', 'DISSATISFIED') NOT NULL
		COMMENT 'SAME: only that the citizen is the same; else attached, and why',
	user_id INT UNSIGNED NOT NULL COMMENT 'who said so',
	at DATETIME(3) NOT NULL COMMENT 'UTC',
	PRIMARY KEY (appeal_id, earlier_id, reason),
	KEY link_earlier (earlier_id),
	CONSTRAINT link_of FOREIGN KEY (appeal_id) REFERENCES appeal (id)
		ON DELETE CASCADE,
	CONSTRAINT link_to FOREIGN KEY (earlier_id) REFERENCES appeal (id)
		ON DELETE CASCADE
) COMMENT 'Связанные обращения (K-5.1.7.3) and «Это тот же человек» (K-5.1.7.2)';
