-- What administrators keep has a version: the second of two savers sees both.
ALTER TABLE organization ADD COLUMN IF NOT EXISTS version INT UNSIGNED
	NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)';
ALTER TABLE theme ADD COLUMN IF NOT EXISTS version INT UNSIGNED
	NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)';
ALTER TABLE user_account
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'each save adds one (D14)',
	ADD COLUMN IF NOT EXISTS one_time TINYINT NOT NULL DEFAULT 0
		COMMENT '1: the password is to be changed before anything else';

-- An empty database gets here before the file that fills this one.
CREATE TABLE IF NOT EXISTS search_synonym (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'one meaning',
	words VARCHAR(300) NOT NULL
		COMMENT 'single words in any form, semicolon between',
	PRIMARY KEY (id),
	UNIQUE KEY synonym_words (words)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Words the search of themes and scenarios takes for each other';
ALTER TABLE search_synonym ADD COLUMN IF NOT EXISTS version INT UNSIGNED
	NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)';

-- What a result does is in the program; its name and whether it is offered
-- are the administrator's.
CREATE TABLE IF NOT EXISTS result_name (
	code VARCHAR(24) NOT NULL COMMENT 'result of DOMAIN 3.3',
	name VARCHAR(120) NOT NULL DEFAULT ''
		COMMENT 'as shown; empty: as delivered',
	withdrawn TINYINT NOT NULL DEFAULT 0
		COMMENT '1: offered no more; who has it keeps it',
	version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'each save adds one (D14)',
	PRIMARY KEY (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Results of appeals as the administrator names and offers them';
INSERT IGNORE INTO result_name (code) VALUES
	('CONSULTED'), ('REVIEWED'), ('COMPLAINT_REVIEWED'),
	('APPLICATION_SATISFIED'), ('APPLICATION_REJECTED'),
	('PROPOSAL_REVIEWED'), ('GRATITUDE_PASSED'), ('FORWARDED_NOTIFY'),
	('CALL_FORWARDED'), ('FORWARDED_EXTERNAL'), ('EXTENDED'),
	('NO_CONTACT'), ('WITHDRAWN'), ('DUPLICATE'), ('NOT_MHI'),
	('NON_TARGET');

-- K-5.1.5.3: who is recommended for a theme.
CREATE TABLE IF NOT EXISTS user_theme (
	user_id INT UNSIGNED NOT NULL COMMENT 'who is competent',
	theme_code VARCHAR(12) NOT NULL COMMENT 'in which theme',
	PRIMARY KEY (user_id, theme_code),
	KEY user_theme_code (theme_code),
	CONSTRAINT competence_user FOREIGN KEY (user_id)
		REFERENCES user_account (id) ON DELETE CASCADE,
	CONSTRAINT competence_theme FOREIGN KEY (theme_code)
		REFERENCES theme (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Competence of the second level in themes (K-5.1.5.3)';
