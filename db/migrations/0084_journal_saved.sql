-- Filters of the journal that somebody keeps for himself.
CREATE TABLE IF NOT EXISTS journal_saved (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'internal id',
	user_id INT UNSIGNED NOT NULL COMMENT 'whose; nobody else sees it',
	name VARCHAR(60) NOT NULL COMMENT 'as he calls it',
	query VARCHAR(1000) NOT NULL
		COMMENT 'the filter as in an address: nothing personal',
	PRIMARY KEY (id),
	UNIQUE KEY journal_saved_name (user_id, name),
	CONSTRAINT journal_saved_user FOREIGN KEY (user_id)
		REFERENCES user_account (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Saved filters of the journal, at most 20 a person';
