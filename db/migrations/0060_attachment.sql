-- Files of an appeal (K-5.2.1.2): what was accepted, and what failed.
CREATE TABLE IF NOT EXISTS attachment (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id, in addresses of pages',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which appeal',
	answer_id BIGINT UNSIGNED NULL
		COMMENT 'goes with this answer to the applicant',
	doc_number VARCHAR(40) NOT NULL COMMENT '«Номер документа»',
	doc_date DATE NOT NULL COMMENT '«Дата регистрации документа», local',
	name VARCHAR(160) NOT NULL COMMENT 'of the file, made harmless',
	kind VARCHAR(8) NOT NULL COMMENT 'by content: pdf doc docx ...; empty: unknown',
	size BIGINT UNSIGNED NOT NULL COMMENT 'bytes',
	sha256 CHAR(64) NOT NULL COMMENT 'of the content',
	path VARCHAR(80) NOT NULL COMMENT 'under $OTKLIK_STATE/files',
	fault VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT 'why it is in quarantine: CONTENT BROKEN BOMB; empty: it is not',
	user_id INT UNSIGNED NOT NULL COMMENT 'who attached it',
	at DATETIME(3) NOT NULL COMMENT 'when, UTC',
	removed_by INT UNSIGNED NULL COMMENT '«Удалить»: who; NULL: it is there',
	removed_at DATETIME(3) NULL COMMENT 'when, UTC',
	KEY attachment_appeal (appeal_id, id),
	CONSTRAINT attachment_of FOREIGN KEY (appeal_id) REFERENCES appeal (id)
) COMMENT 'Files of appeals; a removed one stays for the audit';
