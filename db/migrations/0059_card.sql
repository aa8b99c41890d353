-- The card whole (K-5.1.4.6, K-5.1.6.2, K-5.1.6.7, K-5.1.6.8, K-5.2.1.6): who
-- calls for whom, how he wants to be answered, what came with a letter.
-- person_id and insurer_id go on meaning the person concerned.
ALTER TABLE appeal
	ADD COLUMN IF NOT EXISTS reply_channel VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT '«Канал ответа»: PHONE POST EMAIL PORTAL PERSON'
		AFTER representative_phone,
	ADD COLUMN IF NOT EXISTS call_time VARCHAR(80) NOT NULL DEFAULT ''
		COMMENT '«Удобное время звонка»' AFTER reply_channel,
	ADD COLUMN IF NOT EXISTS language VARCHAR(40) NOT NULL DEFAULT ''
		COMMENT '«Язык»' AFTER call_time,
	ADD COLUMN IF NOT EXISTS do_not_call TINYINT NOT NULL DEFAULT 0
		COMMENT '«Не звонить»' AFTER language,
	ADD COLUMN IF NOT EXISTS applies VARCHAR(8) NOT NULL DEFAULT 'SELF'
		COMMENT '«Обращается»: SELF, OTHER: the fields below hold'
		AFTER do_not_call,
	ADD COLUMN IF NOT EXISTS concerned_surname VARCHAR(40) NOT NULL DEFAULT ''
		COMMENT 'OTHER: the person concerned' AFTER applies,
	ADD COLUMN IF NOT EXISTS concerned_given_name VARCHAR(40) NOT NULL
		DEFAULT '' COMMENT 'OTHER: the person concerned'
		AFTER concerned_surname,
	ADD COLUMN IF NOT EXISTS concerned_patronymic VARCHAR(40) NOT NULL
		DEFAULT '' COMMENT 'OTHER: the person concerned'
		AFTER concerned_given_name,
	ADD COLUMN IF NOT EXISTS concerned_birth_date DATE NULL
		COMMENT 'OTHER: the person concerned' AFTER concerned_patronymic,
	ADD COLUMN IF NOT EXISTS concerned_enp VARCHAR(20) NOT NULL DEFAULT ''
		COMMENT 'OTHER: the person concerned, as given'
		AFTER concerned_birth_date,
	ADD COLUMN IF NOT EXISTS relation VARCHAR(80) NOT NULL DEFAULT ''
		COMMENT 'OTHER: «Кем приходится»' AFTER concerned_enp,
	ADD COLUMN IF NOT EXISTS authority TINYINT NOT NULL DEFAULT 0
		COMMENT 'OTHER: «Полномочия подтверждены»' AFTER relation,
	ADD COLUMN IF NOT EXISTS applicant_insurer_id INT UNSIGNED NULL
		COMMENT 'OTHER: insurer of who applies' AFTER authority,
	ADD COLUMN IF NOT EXISTS applicant_person_id BIGINT UNSIGNED NULL
		COMMENT 'OTHER: who applies, found in the register'
		AFTER applicant_insurer_id,
	ADD COLUMN IF NOT EXISTS appealed_on DATE NULL
		COMMENT '«Дата обращения», local; NULL: of registration'
		AFTER applicant_person_id,
	ADD COLUMN IF NOT EXISTS received_on DATE NULL
		COMMENT '«Дата поступления» of a letter, local' AFTER appealed_on,
	ADD COLUMN IF NOT EXISTS incoming_number VARCHAR(40) NOT NULL DEFAULT ''
		COMMENT '«Входящий №»' AFTER received_on,
	ADD COLUMN IF NOT EXISTS source VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT '«Источник поступления», DOMAIN 3.4' AFTER incoming_number,
	ADD COLUMN IF NOT EXISTS source_name VARCHAR(160) NOT NULL DEFAULT ''
		COMMENT 'OTHER: name of the organization' AFTER source,
	ADD COLUMN IF NOT EXISTS oral_answer TINYINT NOT NULL DEFAULT 0
		COMMENT 'reception: an oral answer, with his consent (K-5.2.1.5)'
		AFTER source_name,
	ADD COLUMN IF NOT EXISTS passed_at DATETIME(3) NULL
		COMMENT '«Передано в СМО», UTC; NULL: no' AFTER oral_answer,
	ADD COLUMN IF NOT EXISTS passed_by INT UNSIGNED NULL
		COMMENT 'administrator who passed it' AFTER passed_at;

CREATE TABLE IF NOT EXISTS appeal_identity (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; does not commit in order',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which appeal',
	ticked VARCHAR(60) NOT NULL
		COMMENT 'what fitted: NAME BIRTH ENP SNILS ADDRESS MO, comma',
	subject CHAR(64) NOT NULL
		COMMENT 'whom it was about: SHA-256 of name and birth date',
	user_id INT UNSIGNED NOT NULL COMMENT 'who asked',
	at DATETIME(3) NOT NULL COMMENT 'when, UTC',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY identity_appeal (appeal_id, id),
	KEY identity_stored (stored_at)
) COMMENT 'Evidence: «Личность подтверждена» (K-5.1.6.7)';

CREATE TABLE IF NOT EXISTS person_wish (
	person_id BIGINT UNSIGNED NOT NULL PRIMARY KEY
		COMMENT 'insured person',
	reply_channel VARCHAR(16) NOT NULL DEFAULT '' COMMENT '«Канал ответа»',
	call_time VARCHAR(80) NOT NULL DEFAULT ''
		COMMENT '«Удобное время звонка»',
	language VARCHAR(40) NOT NULL DEFAULT '' COMMENT '«Язык»',
	do_not_call TINYINT NOT NULL DEFAULT 0 COMMENT '«Не звонить»',
	user_id INT UNSIGNED NOT NULL COMMENT 'who put it in last',
	at DATETIME(3) NOT NULL COMMENT 'when, UTC'
) COMMENT 'How an insured person wants to be spoken to, kept with him (K-5.1.6.2)';
