-- Made by `make schema` from db/migrations; for reading.

CREATE TABLE `access_log` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'NULL: nobody signed in',
  `role` varchar(24) NOT NULL DEFAULT '' COMMENT 'role he acted in',
  `organization_id` int(10) unsigned DEFAULT NULL COMMENT 'his organization',
  `address` varchar(45) NOT NULL DEFAULT '' COMMENT 'client address',
  `action` varchar(32) NOT NULL COMMENT 'closed vocabulary of the pages',
  `object_type` varchar(24) NOT NULL DEFAULT '' COMMENT 'kind of object',
  `object_id` varchar(64) NOT NULL DEFAULT '' COMMENT 'its id',
  `person_id` bigint(20) unsigned DEFAULT NULL COMMENT 'insured person concerned',
  `params` longtext DEFAULT NULL COMMENT 'search values or changed fields' CHECK (json_valid(`params`)),
  `reason` varchar(300) NOT NULL DEFAULT '' COMMENT '«Основание доступа»',
  `result` varchar(16) NOT NULL DEFAULT 'OK' COMMENT 'OK, DENIED, ERROR …',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `access_at` (`at`),
  KEY `access_user` (`user_id`,`at`),
  KEY `access_person` (`person_id`,`at`),
  KEY `access_object` (`object_type`,`object_id`,`at`),
  KEY `access_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: all actions with personal data (152-ФЗ art. 19)';

CREATE TABLE `agent_event` (
  `id` uuid NOT NULL COMMENT 'UUIDv7 made by the plugin',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who',
  `at` datetime(3) NOT NULL COMMENT 'UTC',
  `state` varchar(16) NOT NULL COMMENT 'state entered',
  `reason` varchar(32) NOT NULL DEFAULT '' COMMENT 'of a break',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `agent_stored` (`stored_at`),
  KEY `agent_user` (`user_id`,`at`,`id`,`state`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: every change of an operator''s state';

CREATE TABLE `appeal` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id, in addresses of pages',
  `number` varchar(16) DEFAULT NULL COMMENT '26-26-000001; NULL in a draft',
  `status` enum('DRAFT','IN_PROGRESS','DEFERRED','UNDER_REVIEW','CLOSED','DELETED') NOT NULL DEFAULT 'DRAFT' COMMENT 'DOMAIN 3.1',
  `review_kind` enum('CLOSE','EXTENSION') DEFAULT NULL COMMENT 'what is reviewed, only in UNDER_REVIEW',
  `review_at` datetime(3) DEFAULT NULL COMMENT 'since when it is under review; UTC',
  `origin` enum('CARD','LOST_CALL','VOICEMAIL','NUMBER','IMPORT') NOT NULL DEFAULT 'CARD' COMMENT 'an employee, or T4 of what',
  `type` enum('Жалоба','Консультация','Заявление','Предложение','Благодарность') DEFAULT NULL COMMENT 'NULL: not chosen yet',
  `theme_code` varchar(12) DEFAULT NULL COMMENT 'theme of this type',
  `form` enum('Устная','Письменная') NOT NULL DEFAULT 'Устная' COMMENT 'oral or written',
  `channel` varchar(16) NOT NULL DEFAULT 'HOTLINE' COMMENT 'HOTLINE INTERNET LETTER VISIT POST EMAIL COURIER REPRESENTATIVE VOICEMAIL',
  `description` text DEFAULT NULL COMMENT 'what the applicant says',
  `surname` varchar(40) NOT NULL DEFAULT '' COMMENT 'applicant',
  `given_name` varchar(40) NOT NULL DEFAULT '' COMMENT 'applicant',
  `patronymic` varchar(40) NOT NULL DEFAULT '' COMMENT 'applicant',
  `birth_date` date DEFAULT NULL COMMENT 'applicant',
  `phone` varchar(32) NOT NULL DEFAULT '' COMMENT 'E.164, or as given when it is none',
  `email` varchar(120) NOT NULL DEFAULT '' COMMENT 'applicant',
  `address` varchar(300) NOT NULL DEFAULT '' COMMENT 'applicant',
  `enp` varchar(20) NOT NULL DEFAULT '' COMMENT 'policy number as given',
  `insurer_id` int(10) unsigned DEFAULT NULL COMMENT 'insurer of the person concerned',
  `person_id` bigint(20) unsigned DEFAULT NULL COMMENT 'found in the register',
  `mo_id` int(10) unsigned DEFAULT NULL COMMENT '«Мед. организация»',
  `about_insurer_id` int(10) unsigned DEFAULT NULL COMMENT '«СМО, на которую жалуются»',
  `anonymous` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: no name given',
  `representative` varchar(120) NOT NULL DEFAULT '' COMMENT 'full name',
  `representative_phone` varchar(32) NOT NULL DEFAULT '' COMMENT 'E.164',
  `reply_channel` varchar(16) NOT NULL DEFAULT '' COMMENT '«Канал ответа»: PHONE POST EMAIL PORTAL PERSON',
  `call_time` varchar(80) NOT NULL DEFAULT '' COMMENT '«Удобное время звонка»',
  `language` varchar(40) NOT NULL DEFAULT '' COMMENT '«Язык»',
  `do_not_call` tinyint(4) NOT NULL DEFAULT 0 COMMENT '«Не звонить»',
  `applies` varchar(8) NOT NULL DEFAULT 'SELF' COMMENT '«Обращается»: SELF, OTHER: the fields below hold',
  `concerned_surname` varchar(40) NOT NULL DEFAULT '' COMMENT 'OTHER: the person concerned',
  `concerned_given_name` varchar(40) NOT NULL DEFAULT '' COMMENT 'OTHER: the person concerned',
  `concerned_patronymic` varchar(40) NOT NULL DEFAULT '' COMMENT 'OTHER: the person concerned',
  `concerned_birth_date` date DEFAULT NULL COMMENT 'OTHER: the person concerned',
  `concerned_enp` varchar(20) NOT NULL DEFAULT '' COMMENT 'OTHER: the person concerned, as given',
  `relation` varchar(80) NOT NULL DEFAULT '' COMMENT 'OTHER: «Кем приходится»',
  `authority` tinyint(4) NOT NULL DEFAULT 0 COMMENT 'OTHER: «Полномочия подтверждены»',
  `applicant_insurer_id` int(10) unsigned DEFAULT NULL COMMENT 'OTHER: insurer of who applies',
  `applicant_person_id` bigint(20) unsigned DEFAULT NULL COMMENT 'OTHER: who applies, found in the register',
  `appealed_on` date DEFAULT NULL COMMENT '«Дата обращения», local; NULL: of registration',
  `received_on` date DEFAULT NULL COMMENT '«Дата поступления» of a letter, local',
  `incoming_number` varchar(40) NOT NULL DEFAULT '' COMMENT '«Входящий №»',
  `source` varchar(16) NOT NULL DEFAULT '' COMMENT '«Источник поступления», DOMAIN 3.4',
  `source_name` varchar(160) NOT NULL DEFAULT '' COMMENT 'OTHER: name of the organization',
  `oral_answer` tinyint(4) NOT NULL DEFAULT 0 COMMENT 'reception: an oral answer, with his consent (K-5.2.1.5)',
  `passed_at` datetime(3) DEFAULT NULL COMMENT '«Передано в СМО», UTC; NULL: no',
  `passed_by` int(10) unsigned DEFAULT NULL COMMENT 'administrator who passed it',
  `author_id` int(10) unsigned DEFAULT NULL COMMENT 'NULL: the system (T4)',
  `assignee_id` int(10) unsigned DEFAULT NULL COMMENT 'NULL: «Не распределено»',
  `organization_id` int(10) unsigned DEFAULT NULL COMMENT 'who considers it',
  `deferred_reason` varchar(500) NOT NULL DEFAULT '' COMMENT '«Причина отсроченного ответа»',
  `deferred_at` datetime(3) DEFAULT NULL COMMENT 'since when it is DEFERRED, UTC; NULL: since registered_at',
  `result_code` varchar(24) DEFAULT NULL COMMENT 'DOMAIN 3.3',
  `result_note` varchar(300) NOT NULL DEFAULT '' COMMENT 'reason of a refusal, addressee, organization, to whom',
  `result_reference` varchar(40) NOT NULL DEFAULT '' COMMENT 'number of the letter, of the other appeal',
  `result_date` date DEFAULT NULL COMMENT 'of the letter, local date',
  `result_kind` varchar(16) NOT NULL DEFAULT '' COMMENT 'direction of a letter, kind of a non-target call',
  `measures` text DEFAULT NULL COMMENT '«Комментарий» to the result',
  `justified` varchar(4) DEFAULT NULL COMMENT 'complaint: 1, 1.1, 1.2, 2',
  `refund_amount` decimal(12,2) DEFAULT NULL COMMENT 'roubles returned',
  `due_date` date DEFAULT NULL COMMENT '«Рассмотреть до», local date',
  `scenario_id` int(10) unsigned DEFAULT NULL COMMENT 'version of the answer that was used',
  `requested_due` date DEFAULT NULL COMMENT 'asked for by an extension',
  `extended` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: once is all',
  `returns` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'T13 counter',
  `registered_at` datetime(3) DEFAULT NULL COMMENT 'T2, T3, T4; UTC',
  `closed_at` datetime(3) DEFAULT NULL COMMENT 'T12; UTC',
  `created_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `updated_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'UTC',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  `delete_reason` varchar(500) NOT NULL DEFAULT '' COMMENT 'its assignee asks for its removal (T17); empty: no',
  `author_org` int(10) unsigned DEFAULT NULL COMMENT 'organization its author was in, where another one considers it',
  `assignee_org` int(10) unsigned DEFAULT NULL COMMENT 'organization its assignee was in, where another one considers it',
  `passed_org` int(10) unsigned GENERATED ALWAYS AS (if(`passed_at` is null,NULL,coalesce(`about_insurer_id`,`insurer_id`))) STORED COMMENT 'insurer it was passed to («Передано в СМО»)',
  `shelf` tinyint(3) unsigned GENERATED ALWAYS AS (case when `status` in ('IN_PROGRESS','DEFERRED','UNDER_REVIEW') then 1 when `status` = 'CLOSED' then 2 else 0 end) STORED COMMENT '1: active, 2: in the archive, 0: draft or deleted',
  `returned` tinyint(3) unsigned GENERATED ALWAYS AS (`status` = 'IN_PROGRESS' and `returns` > 0) STORED COMMENT '1: sent back, and not yet closed again',
  `k_sn` varchar(40) GENERATED ALWAYS AS (replace(ucase(`surname`),'Ё','Е')) STORED COMMENT 'surname folded for the search',
  `k_gn` varchar(40) GENERATED ALWAYS AS (replace(ucase(`given_name`),'Ё','Е')) STORED COMMENT 'given name folded for the search',
  PRIMARY KEY (`id`),
  UNIQUE KEY `appeal_number` (`number`),
  KEY `appeal_status` (`status`,`registered_at`,`id`),
  KEY `appeal_assignee` (`assignee_id`,`status`,`registered_at`,`id`),
  KEY `appeal_author` (`author_id`,`status`),
  KEY `appeal_organization` (`organization_id`,`status`,`registered_at`,`id`),
  KEY `appeal_registered` (`registered_at`,`id`),
  KEY `appeal_due` (`status`,`due_date`),
  KEY `appeal_phone` (`phone`,`status`),
  KEY `appeal_enp` (`enp`),
  KEY `appeal_person` (`person_id`),
  KEY `appeal_name` (`surname`,`given_name`),
  KEY `appeal_theme` (`theme_code`),
  KEY `appeal_closed` (`closed_at`),
  KEY `appeal_review` (`status`,`review_at`),
  KEY `journal_shelf` (`shelf`,`registered_at` DESC,`id` DESC,`type`,`form`,`organization_id`,`theme_code`,`due_date`,`channel`),
  KEY `journal_theme` (`shelf`,`theme_code`,`registered_at` DESC,`id` DESC,`form`,`organization_id`),
  KEY `journal_assignee` (`shelf`,`assignee_id`,`registered_at` DESC,`id` DESC,`type`,`form`,`organization_id`,`theme_code`),
  KEY `journal_mo` (`shelf`,`mo_id`,`registered_at` DESC,`id` DESC,`type`,`form`,`organization_id`,`theme_code`),
  KEY `journal_insurer` (`shelf`,`insurer_id`,`registered_at` DESC,`id` DESC,`type`,`form`,`organization_id`),
  KEY `journal_type` (`shelf`,`type`,`registered_at` DESC,`id` DESC,`form`,`channel`,`organization_id`),
  KEY `journal_channel` (`shelf`,`channel`,`registered_at` DESC,`id` DESC,`type`,`form`,`organization_id`),
  KEY `journal_org` (`shelf`,`organization_id`,`registered_at` DESC,`id` DESC,`type`,`form`,`theme_code`),
  KEY `journal_author_org` (`shelf`,`author_org`,`registered_at` DESC,`id` DESC,`type`,`form`,`theme_code`),
  KEY `journal_assignee_org` (`shelf`,`assignee_org`,`registered_at` DESC,`id` DESC,`type`,`form`,`theme_code`),
  KEY `journal_passed_org` (`shelf`,`passed_org`,`registered_at` DESC,`id` DESC,`type`,`form`,`theme_code`),
  KEY `journal_returned` (`returned`,`registered_at` DESC,`id` DESC,`organization_id`),
  KEY `journal_due` (`shelf`,`due_date`),
  KEY `journal_name` (`shelf`,`k_sn`,`k_gn`),
  KEY `appeal_scenario` (`scenario_id`),
  KEY `journal_result` (`shelf`,`result_code`,`registered_at` DESC,`id` DESC,`type`,`form`,`organization_id`),
  KEY `journal_closed` (`shelf`,`closed_at`),
  CONSTRAINT `appeal_assignee_user` FOREIGN KEY (`assignee_id`) REFERENCES `user_account` (`id`),
  CONSTRAINT `appeal_author_user` FOREIGN KEY (`author_id`) REFERENCES `user_account` (`id`),
  CONSTRAINT `appeal_owner` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`),
  CONSTRAINT `appeal_scenario` FOREIGN KEY (`scenario_id`) REFERENCES `scenario` (`id`),
  CONSTRAINT `appeal_theme` FOREIGN KEY (`theme_code`) REFERENCES `theme` (`code`),
  CONSTRAINT `appeal_registered_number` CHECK (`status` = 'DRAFT' or `number` is not null or `status` = 'DELETED')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Appeals of citizens, drafts included';

CREATE TABLE `appeal_answer` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `kind` enum('ACCEPTED','INTERIM','EXTENSION','FORWARDED','FINAL','NO_ANSWER') NOT NULL COMMENT 'K-6.1.11; NO_ANSWER: art. 11 59-ФЗ',
  `channel` varchar(16) NOT NULL DEFAULT '' COMMENT 'PHONE POST EMAIL PORTAL PERSON; empty: none',
  `answered_on` date NOT NULL COMMENT '«Дата ответа», local date',
  `out_number` varchar(40) NOT NULL DEFAULT '' COMMENT '«Исходящий №»',
  `text` text DEFAULT NULL COMMENT 'what was answered',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who put it in',
  `at` datetime(3) NOT NULL COMMENT 'when, UTC',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `answer_appeal` (`appeal_id`,`id`),
  KEY `answer_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: answers to the applicant (K-6.1.11)';

CREATE TABLE `appeal_call` (
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `call_id` uuid NOT NULL COMMENT 'which call; its row may still be in the spool',
  `linked_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`appeal_id`,`call_id`),
  KEY `appeal_call_call` (`call_id`),
  CONSTRAINT `link_appeal` FOREIGN KEY (`appeal_id`) REFERENCES `appeal` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Which calls belong to which appeals, both ways (K-2.0.1)';

CREATE TABLE `appeal_change` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `history_id` bigint(20) unsigned NOT NULL COMMENT 'the step: who, when, from where',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `field` varchar(32) NOT NULL COMMENT 'column of appeal',
  `before_value` text DEFAULT NULL COMMENT 'as it was, NULL: nothing',
  `after_value` text DEFAULT NULL COMMENT 'as it is then',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `change_appeal` (`appeal_id`,`id`),
  KEY `change_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: what a step changed in the fields of an appeal (T5)';

CREATE TABLE `appeal_edit` (
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'registered, open in his browser',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who types',
  `version` int(10) unsigned NOT NULL COMMENT 'of the appeal, which he typed over',
  `fields` mediumtext NOT NULL COMMENT 'the form as it stands: a JSON object',
  `at` datetime(3) NOT NULL COMMENT 'last key that came here, UTC',
  PRIMARY KEY (`appeal_id`,`user_id`),
  KEY `edit_at` (`at`),
  KEY `edit_user` (`user_id`),
  CONSTRAINT `edit_of` FOREIGN KEY (`appeal_id`) REFERENCES `appeal` (`id`) ON DELETE CASCADE,
  CONSTRAINT `edit_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Edits of registered appeals that nobody has saved yet';

CREATE TABLE `appeal_history` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'NULL: the system',
  `event` varchar(24) NOT NULL COMMENT 'transition of DOMAIN 3.2',
  `from_status` varchar(16) DEFAULT NULL COMMENT 'NULL: new',
  `to_status` varchar(16) NOT NULL COMMENT 'after it',
  `comment` varchar(2000) NOT NULL DEFAULT '' COMMENT 'as entered',
  `address` varchar(45) NOT NULL DEFAULT '' COMMENT 'client address',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `history_appeal` (`appeal_id`,`at`),
  KEY `history_stored` (`stored_at`),
  KEY `history_at` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: every transition of an appeal';

CREATE TABLE `appeal_identity` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `ticked` varchar(60) NOT NULL COMMENT 'what fitted: NAME BIRTH ENP SNILS ADDRESS MO, comma',
  `subject` char(64) NOT NULL COMMENT 'whom it was about: SHA-256 of name and birth date',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who asked',
  `at` datetime(3) NOT NULL COMMENT 'when, UTC',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `identity_appeal` (`appeal_id`,`id`),
  KEY `identity_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: «Личность подтверждена» (K-5.1.6.7)';

CREATE TABLE `appeal_link` (
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'the later one',
  `earlier_id` bigint(20) unsigned NOT NULL COMMENT 'the earlier one',
  `reason` enum('SAME','THEME','DISSATISFIED') NOT NULL COMMENT 'SAME: only that the citizen is the same; else attached, and why',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who said so',
  `at` datetime(3) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (`appeal_id`,`earlier_id`,`reason`),
  KEY `link_earlier` (`earlier_id`),
  CONSTRAINT `link_of` FOREIGN KEY (`appeal_id`) REFERENCES `appeal` (`id`) ON DELETE CASCADE,
  CONSTRAINT `link_to` FOREIGN KEY (`earlier_id`) REFERENCES `appeal` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Связанные обращения (K-5.1.7.3) and «Это тот же человек» (K-5.1.7.2)';

CREATE TABLE `appeal_serial` (
  `year` smallint(5) unsigned NOT NULL COMMENT 'local year',
  `last` int(10) unsigned NOT NULL COMMENT 'last serial given out',
  PRIMARY KEY (`year`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Registration numbers: taken in the transaction that uses them';

CREATE TABLE `appeal_stem` (
  `stem` varchar(47) NOT NULL COMMENT 'of a word, small letters, Е for Ё',
  `registered_at` datetime(3) NOT NULL COMMENT 'of the appeal, UTC',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'whose description has the word',
  PRIMARY KEY (`stem`,`registered_at` DESC,`appeal_id` DESC)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Which descriptions have a word, in the order of the journal';

CREATE TABLE `appeal_text` (
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `registered_at` datetime(3) NOT NULL COMMENT 'as it stands in appeal_stem',
  `stems` text NOT NULL COMMENT 'those in appeal_stem, a space between',
  PRIMARY KEY (`appeal_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What the index of descriptions holds of an appeal';

CREATE TABLE `attachment` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id, in addresses of pages',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `answer_id` bigint(20) unsigned DEFAULT NULL COMMENT 'goes with this answer to the applicant',
  `doc_number` varchar(40) NOT NULL COMMENT '«Номер документа»',
  `doc_date` date NOT NULL COMMENT '«Дата регистрации документа», local',
  `name` varchar(160) NOT NULL COMMENT 'of the file, made harmless',
  `kind` varchar(8) NOT NULL COMMENT 'by content: pdf doc docx ...; empty: unknown',
  `size` bigint(20) unsigned NOT NULL COMMENT 'bytes',
  `sha256` char(64) NOT NULL COMMENT 'of the content',
  `path` varchar(80) NOT NULL COMMENT 'under $OTKLIK_STATE/files',
  `fault` varchar(16) NOT NULL DEFAULT '' COMMENT 'why it is in quarantine: CONTENT BROKEN BOMB; empty: it is not',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who attached it',
  `at` datetime(3) NOT NULL COMMENT 'when, UTC',
  `removed_by` int(10) unsigned DEFAULT NULL COMMENT '«Удалить»: who; NULL: it is there',
  `removed_at` datetime(3) DEFAULT NULL COMMENT 'when, UTC',
  PRIMARY KEY (`id`),
  KEY `attachment_appeal` (`appeal_id`,`id`),
  CONSTRAINT `attachment_of` FOREIGN KEY (`appeal_id`) REFERENCES `appeal` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Files of appeals; a removed one stays for the audit';

CREATE TABLE `attendance` (
  `id` uuid NOT NULL COMMENT 'UUIDv7 made by the plugin',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who',
  `started_at` datetime(3) NOT NULL COMMENT '«Начало работы», UTC',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `attendance_user` (`user_id`,`started_at`),
  KEY `attendance_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: an employee began to work (K-3.0.7)';

CREATE TABLE `attendance_end` (
  `attendance_id` uuid NOT NULL COMMENT 'which beginning',
  `ended_at` datetime(3) NOT NULL COMMENT '«Завершить» or lost, UTC',
  `reason` varchar(32) NOT NULL DEFAULT '' COMMENT 'why it ended',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`attendance_id`),
  KEY `attendance_end_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: he stopped';

CREATE TABLE `business_hours` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `zone` varchar(40) NOT NULL DEFAULT 'Europe/Moscow' COMMENT 'time zone of the intervals',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with each save; 1: as delivered',
  PRIMARY KEY (`id`),
  UNIQUE KEY `hours_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='A timetable; no timetable at a route means round the clock';

CREATE TABLE `business_interval` (
  `hours_id` int(10) unsigned NOT NULL COMMENT 'whose timetable',
  `weekday` tinyint(3) unsigned NOT NULL COMMENT '1 Monday to 7 Sunday',
  `opens` time NOT NULL COMMENT 'first moment, local',
  `closes` time NOT NULL COMMENT 'first moment after, local',
  PRIMARY KEY (`hours_id`,`weekday`,`opens`),
  CONSTRAINT `interval_hours` FOREIGN KEY (`hours_id`) REFERENCES `business_hours` (`id`) ON DELETE CASCADE,
  CONSTRAINT `interval_order` CHECK (`closes` > `opens`),
  CONSTRAINT `interval_day` CHECK (`weekday` between 1 and 7)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='When a timetable is open';

CREATE TABLE `caller_organization` (
  `number` varchar(20) NOT NULL COMMENT 'caller''s number, E.164',
  `organization_id` int(10) unsigned NOT NULL COMMENT 'whose it is',
  PRIMARY KEY (`number`),
  KEY `caller_organization_organization` (`organization_id`),
  CONSTRAINT `caller_organization_organization` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Numbers of callers known to be an organization''s, besides\n organization.phones';

CREATE TABLE `call_attempt` (
  `call_id` uuid NOT NULL COMMENT 'call made about the appeal',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'the key makes it stand there once',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`call_id`,`appeal_id`),
  KEY `attempt_appeal` (`appeal_id`),
  CONSTRAINT `attempt_of` FOREIGN KEY (`appeal_id`) REFERENCES `appeal` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Calls whose result stands in the history of an appeal (K-6.2.4)';

CREATE TABLE `call_back` (
  `call_id` uuid NOT NULL COMMENT 'lost call; the key makes it happen once',
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'new, or joined',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`call_id`),
  KEY `call_back_appeal` (`appeal_id`),
  CONSTRAINT `call_back_of` FOREIGN KEY (`appeal_id`) REFERENCES `appeal` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Lost calls that were turned into work (K-2.0.9, T4)';

CREATE TABLE `call_event` (
  `call_id` uuid NOT NULL COMMENT 'which call',
  `seq` int(10) unsigned NOT NULL COMMENT 'from 1, without gaps',
  `at` datetime(3) NOT NULL COMMENT 'when it happened, UTC',
  `kind` varchar(24) NOT NULL COMMENT 'closed vocabulary of the plugin',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'employee concerned',
  `data` longtext DEFAULT NULL COMMENT 'the event''s own values' CHECK (json_valid(`data`)),
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`call_id`,`seq`),
  KEY `event_stored` (`stored_at`),
  KEY `event_user` (`user_id`,`at`),
  KEY `event_kind` (`kind`,`at`,`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: what happened in a call, replays to its final state';

CREATE TABLE `call_leg` (
  `call_id` uuid NOT NULL COMMENT 'which call',
  `seq` int(10) unsigned NOT NULL COMMENT 'from 1 in the call',
  `kind` varchar(16) NOT NULL COMMENT 'trunk, agent, consult, emergency',
  `peer` varchar(64) NOT NULL DEFAULT '' COMMENT 'number or extension',
  `started_at` datetime(3) NOT NULL COMMENT 'UTC',
  `ended_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  `loss` double DEFAULT NULL COMMENT 'share of lost packets, 0 to 1',
  `jitter_ms` double DEFAULT NULL COMMENT 'RFC 3550',
  `rtt_ms` double DEFAULT NULL COMMENT 'round trip',
  `max_gap_ms` double DEFAULT NULL COMMENT 'largest hole in the stream',
  `mos` double DEFAULT NULL COMMENT 'E-model, 1 to 4.5',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`call_id`,`seq`),
  KEY `leg_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: network quality of each leg of a call';

CREATE TABLE `call_place` (
  `id` uuid NOT NULL COMMENT 'UUIDv7 made by the plugin',
  `call_id` uuid NOT NULL COMMENT 'call in which the number was left',
  `node` varchar(32) NOT NULL DEFAULT '' COMMENT 'machine that keeps it',
  `queue_id` int(10) unsigned NOT NULL COMMENT 'where it waits',
  `number` varchar(32) NOT NULL COMMENT 'to be called back, E.164',
  `since` datetime(3) NOT NULL COMMENT 'its rank: when the caller began to wait, UTC',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  UNIQUE KEY `place_call` (`call_id`),
  KEY `place_node` (`node`),
  KEY `place_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: a place kept in a queue for somebody to be called back';

CREATE TABLE `call_place_end` (
  `place_id` uuid NOT NULL COMMENT 'which place',
  `ended_at` datetime(3) NOT NULL COMMENT 'UTC',
  `reason` varchar(16) NOT NULL COMMENT 'DIALLED, TAKEN, ANSWERED: called again and was answered',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'who has it now',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`place_id`),
  KEY `place_end_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: a place came to its turn, or was taken before';

CREATE TABLE `call_record` (
  `id` uuid NOT NULL COMMENT 'UUIDv7 made by the plugin',
  `node` varchar(32) NOT NULL DEFAULT '' COMMENT 'machine that owned it',
  `direction` enum('IN','OUT','INT') NOT NULL COMMENT 'from the trunk, to it, between employees',
  `caller` varchar(32) NOT NULL DEFAULT '' COMMENT 'E.164 or extension; empty: number hidden',
  `called` varchar(32) NOT NULL DEFAULT '' COMMENT 'dialled number',
  `queue_id` int(10) unsigned DEFAULT NULL COMMENT 'last queue',
  `queue_name` varchar(80) NOT NULL DEFAULT '' COMMENT 'its name at the time',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'current or last operator',
  `trunk_id` int(10) unsigned DEFAULT NULL COMMENT 'which line',
  `started_at` datetime(3) NOT NULL COMMENT 'INVITE, UTC',
  `greeted_at` datetime(3) DEFAULT NULL COMMENT 'greeting began, UTC',
  `queued_at` datetime(3) DEFAULT NULL COMMENT 'queue clock began, UTC',
  `offered_at` datetime(3) DEFAULT NULL COMMENT 'first ring at an operator, UTC',
  `answered_at` datetime(3) DEFAULT NULL COMMENT 'first operator answered, UTC',
  `ended_at` datetime(3) DEFAULT NULL COMMENT 'end, UTC; NULL: in progress',
  `state` varchar(16) NOT NULL DEFAULT '' COMMENT 'citizen''s state now',
  `end_reason` varchar(32) NOT NULL DEFAULT '' COMMENT 'closed vocabulary of the plugin',
  `durations` longtext DEFAULT NULL COMMENT 'ms in each citizen state; sums to the call' CHECK (json_valid(`durations`)),
  `quality` longtext DEFAULT NULL COMMENT 'loss, jitter, round trip, MOS' CHECK (json_valid(`quality`)),
  `non_target_kind` varchar(16) DEFAULT NULL COMMENT 'SILENCE, MISTAKE, SPAM, CHILD',
  `parent_call_id` uuid DEFAULT NULL COMMENT 'call this one belongs to',
  `flags` varchar(120) NOT NULL DEFAULT '' COMMENT 'EMERGENCY, THREAT ..., comma',
  PRIMARY KEY (`id`),
  KEY `call_started` (`started_at`),
  KEY `call_caller` (`caller`,`started_at`),
  KEY `call_user` (`user_id`,`started_at`),
  KEY `call_ended` (`ended_at`),
  KEY `call_state` (`node`,`ended_at`),
  KEY `call_parent` (`parent_call_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='One call as it stands: a projection of its events';

CREATE TABLE `card_open` (
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which card',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who has it open',
  `seen_at` datetime(3) NOT NULL COMMENT 'his page''s last word, UTC',
  PRIMARY KEY (`appeal_id`,`user_id`),
  KEY `open_seen` (`seen_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Who has a card open; what is old means nothing';

CREATE TABLE `deal` (
  `queue_id` int(10) unsigned NOT NULL COMMENT 'whose line opened',
  `opened_at` datetime(3) NOT NULL COMMENT 'UTC; the key makes it happen once an opening',
  `dealt_at` datetime(3) NOT NULL COMMENT 'UTC',
  `items` smallint(5) unsigned NOT NULL COMMENT 'how many found an operator',
  PRIMARY KEY (`queue_id`,`opened_at`),
  CONSTRAINT `deal_queue` FOREIGN KEY (`queue_id`) REFERENCES `queue` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Openings at which «Не распределено» was dealt out';

CREATE TABLE `dial_rule` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `position` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'smaller is tried first; the first that fits decides',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `pattern` varchar(40) NOT NULL COMMENT 'of +7…, foreign +… or a short number: X a digit, [..] one of, closing * any rest',
  `allow` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: may be dialled, 0: refused',
  `roles` varchar(200) NOT NULL DEFAULT '' COMMENT 'roles it is for, comma between; empty: all with a telephone',
  `trunk_id` int(10) unsigned DEFAULT NULL COMMENT 'line; NULL: by priority',
  `form` enum('E164','NATIONAL','PLAIN') NOT NULL DEFAULT 'E164' COMMENT 'a Russian number for the line: +7…, 8…, 7…',
  `presented` varchar(20) NOT NULL DEFAULT '' COMMENT 'our number shown to the called; empty: that of the line',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with each save',
  PRIMARY KEY (`id`),
  KEY `dial_trunk` (`trunk_id`),
  CONSTRAINT `dial_trunk` FOREIGN KEY (`trunk_id`) REFERENCES `trunk` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Dial plan: which numbers operators may call, and how';

CREATE TABLE `forwarding` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `appeal_id` bigint(20) unsigned DEFAULT NULL COMMENT 'what was handed over',
  `call_id` uuid DEFAULT NULL COMMENT 'with a live call',
  `from_user` int(10) unsigned DEFAULT NULL COMMENT 'NULL: the system',
  `to_user` int(10) unsigned DEFAULT NULL COMMENT 'NULL: to a queue',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `live` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: with the call, 0: for a deferred answer',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `forwarding_appeal` (`appeal_id`),
  KEY `forwarding_call` (`call_id`),
  KEY `forwarding_from` (`from_user`,`at`),
  KEY `forwarding_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: who handed an appeal to whom (K-5.1.8.8)';

CREATE TABLE `holiday` (
  `day` date NOT NULL COMMENT 'local date',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `working` tinyint(4) NOT NULL DEFAULT 0 COMMENT '0: day off, 1: working though a week-end',
  PRIMARY KEY (`day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Exceptions of the working week';

CREATE TABLE `inbound_route` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `number` varchar(20) DEFAULT NULL COMMENT 'called number, E.164; NULL: the default route',
  `queue_id` int(10) unsigned NOT NULL COMMENT 'where it leads',
  `hours_id` int(10) unsigned DEFAULT NULL COMMENT 'NULL: round the clock',
  `priority_s` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'head start of who calls this number, within\n the queue, s; 0: off',
  `organization_id` int(10) unsigned DEFAULT NULL COMMENT 'whose callers ring here; NULL: not said',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with each save',
  PRIMARY KEY (`id`),
  UNIQUE KEY `route_number` (`number`),
  KEY `route_queue` (`queue_id`),
  KEY `route_hours` (`hours_id`),
  KEY `route_organization` (`organization_id`),
  CONSTRAINT `route_hours` FOREIGN KEY (`hours_id`) REFERENCES `business_hours` (`id`),
  CONSTRAINT `route_organization` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`),
  CONSTRAINT `route_queue` FOREIGN KEY (`queue_id`) REFERENCES `queue` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Called number to queue';

CREATE TABLE `insured_person` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `enp` char(16) NOT NULL COMMENT 'policy number',
  `snils` char(11) DEFAULT NULL COMMENT 'social insurance number, digits only',
  `surname` varchar(40) NOT NULL COMMENT 'as shown',
  `given_name` varchar(40) NOT NULL COMMENT 'as shown',
  `patronymic` varchar(40) NOT NULL DEFAULT '' COMMENT 'may be empty',
  `k_sn` varchar(40) NOT NULL COMMENT 'surname folded for the search',
  `k_gn` varchar(40) NOT NULL COMMENT 'given name folded',
  `k_pn` varchar(40) NOT NULL DEFAULT '' COMMENT 'patronymic folded',
  `birth_date` date NOT NULL COMMENT 'calendar date',
  `sex` enum('M','F') NOT NULL COMMENT 'from the register',
  `phone` varchar(16) DEFAULT NULL COMMENT 'main one, E.164',
  `address` varchar(300) NOT NULL DEFAULT '' COMMENT 'as in the register',
  `insurer_id` int(10) unsigned DEFAULT NULL COMMENT 'insurer today',
  `mo_id` int(10) unsigned DEFAULT NULL COMMENT 'clinic of the attachment',
  `policy_kind` tinyint(3) unsigned NOT NULL DEFAULT 4 COMMENT '1 old, 2 temporary, 3 paper, 4 electronic, 5 card',
  `no_calls` tinyint(4) NOT NULL DEFAULT 0 COMMENT '«Не звонить»',
  PRIMARY KEY (`id`),
  UNIQUE KEY `person_enp` (`enp`),
  KEY `person_snils` (`snils`),
  KEY `person_phone` (`phone`),
  KEY `i_s` (`k_sn`,`k_gn`,`k_pn`,`birth_date`),
  KEY `i_g` (`k_gn`,`k_sn`,`k_pn`,`birth_date`),
  KEY `i_p` (`k_pn`,`k_sn`,`k_gn`,`birth_date`),
  KEY `i_gp` (`k_gn`,`k_pn`,`k_sn`,`birth_date`),
  KEY `i_b` (`birth_date`,`k_sn`,`k_gn`,`k_pn`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Register of insured persons, searched by folded keys (D13)';

CREATE TABLE `job_failure` (
  `work` varchar(24) NOT NULL COMMENT 'as in the log of otklik-jobs',
  `error` varchar(120) NOT NULL COMMENT 'why it failed the last time',
  `since` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`work`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Works of otklik-jobs that fail now';

CREATE TABLE `journal_saved` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `user_id` int(10) unsigned NOT NULL COMMENT 'whose; nobody else sees it',
  `name` varchar(60) NOT NULL COMMENT 'as he calls it',
  `query` varchar(1000) NOT NULL COMMENT 'the filter as in an address: nothing personal',
  PRIMARY KEY (`id`),
  UNIQUE KEY `journal_saved_name` (`user_id`,`name`),
  CONSTRAINT `journal_saved_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Saved filters of the journal, at most 20 a person';

CREATE TABLE `journal_sum` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `organization_id` int(10) unsigned NOT NULL COMMENT 'who sees them; 0: all there are',
  `kind` enum('DEFERRED','RETURNED','DUE') NOT NULL COMMENT 'of a tab; DUE: active, with a term',
  `due_date` date DEFAULT NULL COMMENT 'the term of DUE',
  `n` int(11) NOT NULL COMMENT 'so many more, or less',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`id`),
  KEY `sum_of` (`organization_id`,`kind`,`due_date`,`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='How many appeals the tabs of the journal have: sums of n';

CREATE TABLE `loose_message` (
  `call_id` uuid NOT NULL COMMENT 'its call; the key makes it stand here once',
  `organization_id` int(10) unsigned NOT NULL COMMENT 'whose queue it was',
  `at` datetime(3) NOT NULL COMMENT 'when it was left, UTC',
  `state` enum('OPEN','TAKEN','NON_TARGET') NOT NULL DEFAULT 'OPEN' COMMENT 'NON_TARGET: ended without an appeal',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'who decided',
  `decided_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  `appeal_id` bigint(20) unsigned DEFAULT NULL COMMENT 'card made of it (T1)',
  PRIMARY KEY (`call_id`),
  KEY `loose_state` (`state`,`organization_id`,`at`),
  KEY `loose_organization` (`organization_id`),
  CONSTRAINT `loose_organization` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='«Сообщение без номера»: voice messages without a number (K-4.0.10)';

CREATE TABLE `migration` (
  `version` int(10) unsigned NOT NULL COMMENT 'NNNN of the file',
  `name` varchar(80) NOT NULL COMMENT 'file name',
  `applied_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `sha256` char(64) NOT NULL COMMENT 'of the file as applied',
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Applied files of db/migrations';

CREATE TABLE `node_status` (
  `node` varchar(32) NOT NULL COMMENT 'machine',
  `at` datetime(3) NOT NULL COMMENT 'UTC; older than 15 s: not running',
  `body` longtext NOT NULL COMMENT 'trunk, calls, queue and media figures' CHECK (json_valid(`body`)),
  PRIMARY KEY (`node`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What the plugin says of itself every 5 s';

CREATE TABLE `notice` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; does not commit in order',
  `user_id` int(10) unsigned NOT NULL COMMENT 'whom it concerns',
  `appeal_id` bigint(20) unsigned NOT NULL DEFAULT 0 COMMENT 'which appeal; 0: a number of them',
  `scenario_id` int(10) unsigned DEFAULT NULL COMMENT 'which version of an answer; NULL: it is about appeals',
  `kind` varchar(16) NOT NULL COMMENT 'a step (RETURN FORWARD …), TERM5 TERM1 TERM0 OVERDUE, LATE_REVIEW, ORG_ERROR, ANSWER_APPROVE, ANSWER_REFUSE',
  `amount` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'of appeals it is about',
  `day` date DEFAULT NULL COMMENT 'a reminder: of which term, or of which day; NULL: a step',
  `at` datetime(3) NOT NULL COMMENT 'UTC',
  `read_at` datetime(3) DEFAULT NULL COMMENT 'UTC; NULL: not yet',
  PRIMARY KEY (`id`),
  UNIQUE KEY `notice_once` (`user_id`,`kind`,`appeal_id`,`day`),
  KEY `notice_user` (`user_id`,`read_at`),
  KEY `notice_at` (`at`),
  KEY `notice_answer` (`scenario_id`),
  CONSTRAINT `notice_answer` FOREIGN KEY (`scenario_id`) REFERENCES `scenario` (`id`) ON DELETE CASCADE,
  CONSTRAINT `notice_to` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Извещения об обращениях, of steps of others and of terms (K-6.0.4)';

CREATE TABLE `organization` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `kind` enum('FUND','INSURER','MO','AGENCY') NOT NULL COMMENT 'fund, insurer, medical organization, authority',
  `code` varchar(8) NOT NULL COMMENT 'code in the insurance system',
  `short_name` varchar(160) NOT NULL COMMENT 'name in lists',
  `full_name` varchar(400) NOT NULL COMMENT 'name in documents',
  `town` varchar(120) NOT NULL DEFAULT '' COMMENT 'town or village',
  `address` varchar(400) NOT NULL DEFAULT '' COMMENT 'street address',
  `phones` varchar(400) NOT NULL DEFAULT '' COMMENT 'several: semicolon',
  `hours` varchar(200) NOT NULL DEFAULT '' COMMENT 'working hours as text',
  `site` varchar(200) NOT NULL DEFAULT '' COMMENT 'web address',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  PRIMARY KEY (`id`),
  UNIQUE KEY `organization_code` (`kind`,`code`),
  KEY `organization_name` (`short_name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Fund, insurers, medical organizations and authorities';

CREATE TABLE `organization_error` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'one report',
  `organization_id` int(10) unsigned DEFAULT NULL COMMENT 'entry of the directory; NULL: removed since',
  `entry` varchar(160) NOT NULL COMMENT 'its short name at that time',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who reported it',
  `at` datetime(3) NOT NULL COMMENT 'UTC',
  `text` varchar(1000) NOT NULL COMMENT 'what is wrong, in his words',
  `state` enum('NEW','FIXED','REJECTED') NOT NULL DEFAULT 'NEW' COMMENT '«Исправлено», «Отклонено»',
  `decided_by` int(10) unsigned DEFAULT NULL COMMENT 'which administrator',
  `decided_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  PRIMARY KEY (`id`),
  KEY `org_error_entry` (`organization_id`),
  KEY `org_error_user` (`user_id`),
  KEY `org_error_decider` (`decided_by`),
  CONSTRAINT `org_error_decider` FOREIGN KEY (`decided_by`) REFERENCES `user_account` (`id`),
  CONSTRAINT `org_error_entry` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`) ON DELETE SET NULL,
  CONSTRAINT `org_error_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Errors that people report in the directory of organizations';

CREATE TABLE `outbox` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'does not commit in order: never read id > last',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `kind` varchar(24) NOT NULL COMMENT 'what changed',
  `payload` longtext NOT NULL COMMENT 'ids only' CHECK (json_valid(`payload`)),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Changes on their way from the pages to the plugin (D17)';

CREATE TABLE `person_wish` (
  `person_id` bigint(20) unsigned NOT NULL COMMENT 'insured person',
  `reply_channel` varchar(16) NOT NULL DEFAULT '' COMMENT '«Канал ответа»',
  `call_time` varchar(80) NOT NULL DEFAULT '' COMMENT '«Удобное время звонка»',
  `language` varchar(40) NOT NULL DEFAULT '' COMMENT '«Язык»',
  `do_not_call` tinyint(4) NOT NULL DEFAULT 0 COMMENT '«Не звонить»',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who put it in last',
  `at` datetime(3) NOT NULL COMMENT 'when, UTC',
  PRIMARY KEY (`person_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='How an insured person wants to be spoken to, kept with him (K-5.1.6.2)';

CREATE TABLE `prompt_file` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'files/prompts/ID.wav; its sound never changes',
  `used_for` varchar(16) NOT NULL COMMENT 'prompt it may stand for: greeting',
  `number` smallint(5) unsigned NOT NULL COMMENT 'version of that prompt, from 1',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `source` varchar(200) NOT NULL COMMENT 'name of the uploaded file',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who uploaded it',
  `at` datetime(3) NOT NULL COMMENT 'when, UTC',
  `state` enum('NEW','READY','FAILED') NOT NULL DEFAULT 'NEW' COMMENT 'NEW: to be converted',
  `why` varchar(16) NOT NULL DEFAULT '' COMMENT 'of FAILED: TYPE, LONG, TIME, SILENT, ERROR',
  `length_ms` int(10) unsigned NOT NULL DEFAULT 0 COMMENT 'of READY',
  PRIMARY KEY (`id`),
  UNIQUE KEY `prompt_number` (`used_for`,`number`),
  KEY `prompt_state` (`state`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Prompts of the fund''s own, every version';

CREATE TABLE `prompt_use` (
  `queue_id` int(10) unsigned NOT NULL DEFAULT 0 COMMENT 'callers of which queue hear it; 0: of all others',
  `used_for` varchar(16) NOT NULL COMMENT 'instead of this one',
  `file_id` int(10) unsigned NOT NULL COMMENT 'what is heard',
  PRIMARY KEY (`queue_id`,`used_for`),
  KEY `prompt_use_file` (`file_id`),
  CONSTRAINT `prompt_use_file` FOREIGN KEY (`file_id`) REFERENCES `prompt_file` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Prompts in force in place of the delivered ones';

CREATE TABLE `queue` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id; queue:ID is a transfer target',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `strategy` enum('longest_idle','round_robin','fewest_calls','fixed_priority','by_organization','skills','ring_all') NOT NULL DEFAULT 'longest_idle' COMMENT 'who of the free operators is offered the call, K-2.0.4',
  `ring_timeout_s` smallint(5) unsigned NOT NULL DEFAULT 20 COMMENT 'ringing at one operator',
  `max_wait_s` smallint(5) unsigned NOT NULL DEFAULT 600 COMMENT 'then the call leaves the queue',
  `max_len` smallint(5) unsigned NOT NULL DEFAULT 200 COMMENT 'callers waiting; more are refused before answering. Call-backs do not count',
  `max_places` smallint(5) unsigned NOT NULL DEFAULT 100 COMMENT 'numbers kept for a call-back; while there are so many no more may be left',
  `wrapup_s` smallint(5) unsigned NOT NULL DEFAULT 60 COMMENT 'after-call work',
  `position_interval_s` smallint(5) unsigned NOT NULL DEFAULT 30 COMMENT 'at most so often the position is told',
  `organization_id` int(10) unsigned DEFAULT NULL COMMENT 'who owns what the queue leaves behind; NULL: the fund',
  `priority_s` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'head start of its callers against those of\n other queues, s; 0: off',
  `sticky_min` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'a repeated caller rings first at the operator\n he talked to within so many minutes; 0: off',
  `keep_min` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'who hung up waiting and calls again within so\n many minutes has his place again (mobile numbers only); 0: off',
  `tell_wait` tinyint(4) NOT NULL DEFAULT 1 COMMENT '1: the estimated wait is told with the position',
  `late_action` enum('end','queue','voice') NOT NULL DEFAULT 'voice' COMMENT 'at the maximum wait, or when\n he must leave: a prompt and the end, late_queue_id, a voice message',
  `late_queue_id` int(10) unsigned DEFAULT NULL COMMENT 'of late_action queue',
  `full_action` enum('end','queue','voice') NOT NULL DEFAULT 'end' COMMENT 'longer than max_len, or may not\n join: busy before the greeting, full_queue_id, a voice message',
  `full_queue_id` int(10) unsigned DEFAULT NULL COMMENT 'of full_action queue',
  `join_empty` set('paused','penalty','in_use','ringing','unavailable','invalid','unknown','wrapup') NOT NULL DEFAULT '' COMMENT 'nobody may join while every\n operator is under one of these; none: off',
  `leave_empty` set('paused','penalty','in_use','ringing','unavailable','invalid','unknown','wrapup') NOT NULL DEFAULT '' COMMENT 'everybody must leave while every\n operator is under one of these; none: off',
  `skill_id` int(10) unsigned DEFAULT NULL COMMENT 'of the strategy skills',
  `skill_level` tinyint(3) unsigned NOT NULL DEFAULT 1 COMMENT 'level asked for at first',
  `skill_least` tinyint(3) unsigned NOT NULL DEFAULT 1 COMMENT 'never less than this',
  `skill_relax_s` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'one level less after each so many seconds;\n 0: never',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with each save',
  PRIMARY KEY (`id`),
  UNIQUE KEY `queue_name` (`name`),
  KEY `queue_organization` (`organization_id`),
  KEY `queue_late` (`late_queue_id`),
  KEY `queue_full` (`full_queue_id`),
  KEY `queue_skill` (`skill_id`),
  CONSTRAINT `queue_full` FOREIGN KEY (`full_queue_id`) REFERENCES `queue` (`id`),
  CONSTRAINT `queue_late` FOREIGN KEY (`late_queue_id`) REFERENCES `queue` (`id`),
  CONSTRAINT `queue_organization` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`),
  CONSTRAINT `queue_skill` FOREIGN KEY (`skill_id`) REFERENCES `skill` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Queues of calls';

CREATE TABLE `queue_member` (
  `queue_id` int(10) unsigned NOT NULL COMMENT 'which queue',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who serves it',
  `level` tinyint(3) unsigned NOT NULL DEFAULT 1 COMMENT '1 first; higher ones for the priority strategy',
  `position` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'order of round robin',
  PRIMARY KEY (`queue_id`,`user_id`),
  KEY `member_user` (`user_id`),
  CONSTRAINT `member_queue` FOREIGN KEY (`queue_id`) REFERENCES `queue` (`id`) ON DELETE CASCADE,
  CONSTRAINT `member_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Operators of a queue';

CREATE TABLE `recording` (
  `id` uuid NOT NULL COMMENT 'UUIDv7; also the file name',
  `call_id` uuid NOT NULL COMMENT 'call it belongs to',
  `node` varchar(32) NOT NULL DEFAULT '' COMMENT 'machine that wrote it',
  `kind` enum('CALL','CONSULT','INTERNAL','VOICEMAIL') NOT NULL COMMENT 'the call, a consultation in it, between employees, or a message taken outside the hours with the words before it',
  `path` varchar(200) NOT NULL COMMENT 'relative to rec/',
  `started_at` datetime(3) NOT NULL COMMENT 'first sample, UTC',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `recording_call` (`call_id`),
  KEY `recording_started` (`started_at`),
  KEY `recording_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: a recording was begun';

CREATE TABLE `recording_end` (
  `recording_id` uuid NOT NULL COMMENT 'which recording',
  `ended_at` datetime(3) NOT NULL COMMENT 'last sample, UTC',
  `samples` bigint(20) unsigned NOT NULL COMMENT 'per channel, 8000 a second',
  `bytes` bigint(20) unsigned NOT NULL COMMENT 'size of the file',
  `frames` int(10) unsigned NOT NULL COMMENT 'seconds in the chain',
  `head` binary(32) DEFAULT NULL COMMENT 'last hash of the chain',
  `reason` varchar(32) NOT NULL DEFAULT '' COMMENT 'why it ended',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`recording_id`),
  KEY `recording_end_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: a recording was closed, and its chain head';

CREATE TABLE `register_import` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `file` varchar(200) NOT NULL COMMENT 'name without directories; each once',
  `at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `added` int(10) unsigned NOT NULL COMMENT 'persons new in the register',
  `changed` int(10) unsigned NOT NULL COMMENT 'persons whose record differed',
  `same` int(10) unsigned NOT NULL COMMENT 'persons as they were',
  `rejected` int(10) unsigned NOT NULL COMMENT 'records that were wrong and left out',
  PRIMARY KEY (`id`),
  UNIQUE KEY `register_import_file` (`file`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Files read into the register of insured persons';

CREATE TABLE `register_state` (
  `id` tinyint(3) unsigned NOT NULL DEFAULT 1 COMMENT 'one row',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with every change of insured_person',
  `loading` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: rows arrive in several transactions',
  `changed_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`id`),
  CONSTRAINT `register_state_one` CHECK (`id` = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Which state of the register the name dictionaries are of';

CREATE TABLE `result_name` (
  `code` varchar(24) NOT NULL COMMENT 'result of DOMAIN 3.3',
  `name` varchar(120) NOT NULL DEFAULT '' COMMENT 'as shown; empty: as delivered',
  `withdrawn` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: offered no more; who has it keeps it',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  PRIMARY KEY (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Results of appeals as the administrator names and offers them';

CREATE TABLE `scenario` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'one version of an answer',
  `code` varchar(12) NOT NULL COMMENT 'SC-001, the same in all versions',
  `version` smallint(5) unsigned NOT NULL DEFAULT 1 COMMENT 'from 1',
  `theme_code` varchar(12) NOT NULL COMMENT 'theme it answers',
  `title` varchar(300) NOT NULL COMMENT 'as shown',
  `keywords` varchar(600) NOT NULL DEFAULT '' COMMENT 'semicolon',
  `text` text NOT NULL COMMENT '{…} is filled in, […] is not read out',
  `author_id` int(10) unsigned DEFAULT NULL COMMENT 'who wrote it; NULL: delivered',
  `created_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  `proposal` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: of a role that may propose only',
  `edit` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  `approved_by` varchar(120) DEFAULT NULL COMMENT 'who; NULL: a proposal',
  `approved_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  `valid_from` date DEFAULT NULL COMMENT 'first day; NULL: since it was approved',
  `valid_to` date DEFAULT NULL COMMENT 'last day; NULL: in force',
  `refused_by` varchar(120) DEFAULT NULL COMMENT 'who',
  `refused_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  `refused_why` varchar(600) DEFAULT NULL COMMENT 'for its author',
  `withdrawn_by` varchar(120) DEFAULT NULL COMMENT 'who',
  `withdrawn_at` datetime(3) DEFAULT NULL COMMENT 'UTC',
  `row_crc` int(10) unsigned GENERATED ALWAYS AS (if(`approved_at` is null,0,crc32(concat_ws('|',`code`,`version`,`theme_code`,`title`,`keywords`,`text`,coalesce(`valid_from`,''),coalesce(`valid_to`,''))))) STORED COMMENT 'changes with whatever a search shows of the row',
  PRIMARY KEY (`id`),
  UNIQUE KEY `scenario_code` (`code`,`version`),
  KEY `scenario_theme` (`theme_code`),
  KEY `scenario_author` (`author_id`),
  KEY `scenario_crc` (`row_crc`),
  CONSTRAINT `scenario_author` FOREIGN KEY (`author_id`) REFERENCES `user_account` (`id`),
  CONSTRAINT `scenario_of_theme` FOREIGN KEY (`theme_code`) REFERENCES `theme` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Approved answers with their versions';

CREATE TABLE `seal` (
  `number` bigint(20) unsigned NOT NULL COMMENT 'place in the chain, from 1 without gaps',
  `source` varchar(24) NOT NULL COMMENT 'table of the sealed row',
  `object` uuid NOT NULL COMMENT 'its UUID; all zero where the key is a number',
  `part` bigint(20) unsigned NOT NULL COMMENT 'its seq or numeric id',
  `row_hash` binary(32) NOT NULL COMMENT 'SHA-256 of the row''s columns',
  `head` binary(32) NOT NULL COMMENT 'SHA-256(previous head, number, row_hash)',
  `sealed_at` datetime(3) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (`number`),
  UNIQUE KEY `seal_row` (`source`,`object`,`part`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Chain over the rows of all evidence tables (D18)';

CREATE TABLE `seal_head` (
  `number` bigint(20) unsigned NOT NULL COMMENT 'last seal it covers',
  `head` binary(32) NOT NULL COMMENT 'of that seal',
  `signed_at` datetime(3) NOT NULL COMMENT 'UTC',
  `key_id` int(10) unsigned NOT NULL COMMENT 'seal_key that signed',
  `signature` binary(64) NOT NULL COMMENT 'Ed25519 over number, head and time',
  PRIMARY KEY (`number`),
  KEY `head_key` (`key_id`),
  CONSTRAINT `head_key` FOREIGN KEY (`key_id`) REFERENCES `seal_key` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Signed heads of the chain, one a pass that sealed something';

CREATE TABLE `seal_key` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'named by the signed heads',
  `public_key` binary(32) NOT NULL COMMENT 'Ed25519',
  `since` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  PRIMARY KEY (`id`),
  UNIQUE KEY `seal_public` (`public_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Public keys of the sealing job; old ones stay for the verifier';

CREATE TABLE `search_synonym` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'one meaning',
  `words` varchar(300) NOT NULL COMMENT 'single words in any form, semicolon between',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  PRIMARY KEY (`id`),
  UNIQUE KEY `synonym_words` (`words`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Words the search of themes and scenarios takes for each other';

CREATE TABLE `setting` (
  `name` varchar(64) NOT NULL COMMENT 'fixed in the programs',
  `value` varchar(1000) NOT NULL COMMENT 'text; the reader checks it',
  `kind` enum('NUMBER','FLAG','PHONE','ZONE','TEXT','CODE') NOT NULL DEFAULT 'TEXT' COMMENT 'which values are allowed; CODE: a number with its noughts',
  `least` int(10) unsigned NOT NULL DEFAULT 0 COMMENT 'of a NUMBER; of a TEXT: characters',
  `most` int(10) unsigned NOT NULL DEFAULT 1000 COMMENT 'the same',
  `optional` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: may be empty',
  `unit` varchar(20) NOT NULL DEFAULT '' COMMENT 'as shown, in Russian',
  `initial` varchar(64) NOT NULL DEFAULT '' COMMENT 'value of a new installation',
  `about` varchar(300) NOT NULL DEFAULT '' COMMENT 'meaning, in Russian',
  `effect` varchar(300) NOT NULL DEFAULT '' COMMENT 'what it does and from when on, in Russian',
  `updated_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'UTC',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with each save; 1: nobody has looked at it',
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What an administrator changes while the centre runs';

CREATE TABLE `shift_alert` (
  `id` uuid NOT NULL COMMENT 'UUIDv7 made by the plugin',
  `node` varchar(32) NOT NULL DEFAULT '' COMMENT 'machine that raised it',
  `at` datetime(3) NOT NULL COMMENT 'when it was raised, UTC',
  `kind` varchar(16) NOT NULL COMMENT 'EMERGENCY, THREAT, OPERATOR_UNWELL (K-5.1.8.10), LONG_WAIT, FRAUD, TRUNK, CERTIFICATE (ours, for TLS)',
  `call_id` uuid DEFAULT NULL COMMENT 'in which call',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'employee concerned',
  `queue_id` int(10) unsigned DEFAULT NULL COMMENT 'queue of the call',
  `organization_id` int(10) unsigned DEFAULT NULL COMMENT 'whose supervisors it concerns; NULL: the fund''s',
  `text` varchar(200) NOT NULL DEFAULT '' COMMENT 'what there is to say; no personal data of a citizen',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  KEY `alert_at` (`at`),
  KEY `alert_stored` (`stored_at`),
  KEY `alert_call` (`call_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: notices to the supervisors of a shift';

CREATE TABLE `shift_alert_step` (
  `alert_id` uuid NOT NULL COMMENT 'which alert',
  `seq` tinyint(3) unsigned NOT NULL COMMENT '1: told to more people, 2: ended; each once',
  `step` varchar(16) NOT NULL COMMENT 'ESCALATED: to ОП2 and administrators; ACCEPTED: «Принял»; OVER: no longer true',
  `at` datetime(3) NOT NULL COMMENT 'UTC',
  `user_id` int(10) unsigned DEFAULT NULL COMMENT 'who accepted it',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`alert_id`,`seq`),
  KEY `step_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: what became of a notice';

CREATE TABLE `skill` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  PRIMARY KEY (`id`),
  UNIQUE KEY `skill_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What operators may be good at';

CREATE TABLE `substitution` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `absent_id` int(10) unsigned NOT NULL COMMENT 'who is away',
  `by_id` int(10) unsigned NOT NULL COMMENT 'who stands in for him',
  `from_day` date NOT NULL COMMENT 'first day, local',
  `to_day` date NOT NULL COMMENT 'last day, local',
  PRIMARY KEY (`id`),
  KEY `substitution_absent` (`absent_id`,`to_day`),
  KEY `substitution_by` (`by_id`),
  CONSTRAINT `substitution_by` FOREIGN KEY (`by_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE,
  CONSTRAINT `substitution_who` FOREIGN KEY (`absent_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE,
  CONSTRAINT `substitution_order` CHECK (`to_day` >= `from_day`),
  CONSTRAINT `substitution_other` CHECK (`absent_id` <> `by_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Замещение (K-6.0.3): new work of the absent goes to another';

CREATE TABLE `supervisor_action` (
  `id` uuid NOT NULL COMMENT 'UUIDv7 made by the plugin',
  `at` datetime(3) NOT NULL COMMENT 'UTC',
  `user_id` int(10) unsigned NOT NULL COMMENT 'supervisor or administrator',
  `action` varchar(16) NOT NULL COMMENT 'REQUEUE, END («Снять вызов»), BREAK, MOVE («В другую очередь»); ASSIGN: an operator to another queue for this day, without a queue: back to his own',
  `call_id` uuid DEFAULT NULL COMMENT 'the call acted upon',
  `target_user` int(10) unsigned DEFAULT NULL COMMENT 'the operator acted upon',
  `queue_id` int(10) unsigned DEFAULT NULL COMMENT 'where the call or the operator was moved to',
  `reason` varchar(200) NOT NULL COMMENT 'as given by the supervisor',
  `result` varchar(16) NOT NULL COMMENT 'OK, or the code of the refusal',
  `seq` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'order in which they were made',
  `stored_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'when it reached the database, UTC',
  PRIMARY KEY (`id`),
  UNIQUE KEY `action_seq` (`seq`),
  KEY `action_at` (`at`),
  KEY `action_call` (`call_id`),
  KEY `action_stored` (`stored_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Evidence: who intervened in a shift, and why';

CREATE TABLE `text_todo` (
  `appeal_id` bigint(20) unsigned NOT NULL COMMENT 'which appeal',
  `retry_at` datetime(3) DEFAULT NULL COMMENT 'could not be put in: not again before, UTC',
  PRIMARY KEY (`appeal_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Appeals whose description otklik-jobs has to put into the index';

CREATE TABLE `theme` (
  `code` varchar(12) NOT NULL COMMENT 'ZH-03.01',
  `type` enum('Жалоба','Консультация','Заявление','Предложение','Благодарность') NOT NULL COMMENT 'type of appeal it belongs to',
  `name` varchar(300) NOT NULL COMMENT 'as shown',
  `keywords` varchar(600) NOT NULL DEFAULT '' COMMENT 'for the search, semicolon',
  `mo_required` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: a medical organization must be named',
  `about` varchar(16) NOT NULL DEFAULT '' COMMENT 'whom it is about: mo, insurer, fund or empty',
  `level2` varchar(16) NOT NULL DEFAULT '' COMMENT 'whose second level is competent: fund, insurer',
  `due_days` smallint(5) unsigned DEFAULT NULL COMMENT 'term in calendar days; NULL: none',
  `valid_from` date DEFAULT NULL COMMENT 'NULL: always was',
  `valid_to` date DEFAULT NULL COMMENT 'last day; NULL: open',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  `row_crc` int(10) unsigned GENERATED ALWAYS AS (crc32(concat_ws('|',`code`,`type`,`name`,`keywords`,`mo_required`,coalesce(`due_days`,''),coalesce(`valid_from`,''),coalesce(`valid_to`,'')))) STORED COMMENT 'changes with whatever a search shows of the row',
  PRIMARY KEY (`code`),
  KEY `theme_type` (`type`),
  KEY `theme_crc` (`row_crc`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Classifier of appeals; a used theme is closed, never deleted';

CREATE TABLE `theme_report_line` (
  `code` varchar(12) NOT NULL COMMENT 'theme',
  `report` varchar(12) NOT NULL COMMENT 'table of the statutory report',
  `line` varchar(12) NOT NULL COMMENT 'row in it',
  PRIMARY KEY (`code`,`report`,`line`),
  CONSTRAINT `line_theme` FOREIGN KEY (`code`) REFERENCES `theme` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='In which row of which statutory table a theme is counted';

CREATE TABLE `trunk` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id',
  `name` varchar(80) NOT NULL COMMENT 'as shown',
  `kind` enum('PEER','REGISTER') NOT NULL DEFAULT 'PEER' COMMENT 'known by its address, or we register there',
  `peer_host` varchar(120) NOT NULL COMMENT 'address of the operator',
  `peer_port` smallint(5) unsigned NOT NULL DEFAULT 5060 COMMENT 'its port',
  `transport` enum('UDP','TCP','TLS') NOT NULL DEFAULT 'UDP' COMMENT 'for what we send',
  `presented` varchar(20) NOT NULL DEFAULT '' COMMENT 'our number shown to the called',
  `builtin` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: described by OTKLIK_TRUNK_PEER, which wins at start',
  `enabled` tinyint(4) NOT NULL DEFAULT 1 COMMENT '0: not used',
  `priority` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'smaller is tried first',
  `account` varchar(63) NOT NULL DEFAULT '' COMMENT 'user name of registration and digest',
  `expires_s` int(10) unsigned NOT NULL DEFAULT 600 COMMENT 'registration asked for, seconds',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'grows with each save',
  PRIMARY KEY (`id`),
  UNIQUE KEY `trunk_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Telephone lines of the operator';

CREATE TABLE `trunk_secret` (
  `trunk_id` int(10) unsigned NOT NULL COMMENT 'which line',
  `secret` varchar(127) NOT NULL COMMENT 'password of its account',
  PRIMARY KEY (`trunk_id`),
  CONSTRAINT `secret_trunk` FOREIGN KEY (`trunk_id`) REFERENCES `trunk` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Passwords of lines; only the plugin reads them';

CREATE TABLE `user_account` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'internal id, also in tokens of the telephone',
  `login` varchar(40) NOT NULL COMMENT 'sign-in name',
  `password_hash` varchar(128) NOT NULL DEFAULT '' COMMENT 'Argon2id string of libsodium; empty: nobody can sign in',
  `surname` varchar(40) NOT NULL COMMENT 'as shown',
  `given_name` varchar(40) NOT NULL COMMENT 'as shown',
  `patronymic` varchar(40) NOT NULL DEFAULT '' COMMENT 'may be empty',
  `organization_id` int(10) unsigned NOT NULL COMMENT 'employer; the scope',
  `extension` varchar(6) DEFAULT NULL COMMENT 'internal number, NULL: no telephone',
  `blocked` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: may not sign in',
  `failed_logins` smallint(5) unsigned NOT NULL DEFAULT 0 COMMENT 'wrong passwords since the last right one',
  `created_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'UTC',
  `updated_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'UTC',
  `version` int(10) unsigned NOT NULL DEFAULT 1 COMMENT 'each save adds one (D14)',
  `one_time` tinyint(4) NOT NULL DEFAULT 0 COMMENT '1: the password is to be changed before anything else',
  PRIMARY KEY (`id`),
  UNIQUE KEY `user_login` (`login`),
  UNIQUE KEY `user_extension` (`extension`),
  KEY `user_organization` (`organization_id`),
  CONSTRAINT `user_organization` FOREIGN KEY (`organization_id`) REFERENCES `organization` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Employees who sign in';

CREATE TABLE `user_role` (
  `user_id` int(10) unsigned NOT NULL COMMENT 'whose role',
  `role` enum('OPERATOR_L1','OPERATOR_L2','INSURER_REP_L1','INSURER_REP_L2','INSURER_REP_L3','CC_ADMIN','SECURITY_ADMIN','SUPERVISOR','QUALITY_CONTROLLER','AUDITOR','DIRECTOR') NOT NULL COMMENT 'what he may do',
  PRIMARY KEY (`user_id`,`role`),
  CONSTRAINT `role_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Roles of an account; forbidden pairs are refused when saved';

CREATE TABLE `user_skill` (
  `user_id` int(10) unsigned NOT NULL COMMENT 'whose',
  `skill_id` int(10) unsigned NOT NULL COMMENT 'which',
  `level` tinyint(3) unsigned NOT NULL DEFAULT 1 COMMENT '1 beginner; more is better',
  PRIMARY KEY (`user_id`,`skill_id`),
  KEY `user_skill_skill` (`skill_id`),
  CONSTRAINT `user_skill_skill` FOREIGN KEY (`skill_id`) REFERENCES `skill` (`id`) ON DELETE CASCADE,
  CONSTRAINT `user_skill_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Skills of operators';

CREATE TABLE `user_theme` (
  `user_id` int(10) unsigned NOT NULL COMMENT 'who is competent',
  `theme_code` varchar(12) NOT NULL COMMENT 'in which theme',
  PRIMARY KEY (`user_id`,`theme_code`),
  KEY `user_theme_code` (`theme_code`),
  CONSTRAINT `competence_theme` FOREIGN KEY (`theme_code`) REFERENCES `theme` (`code`),
  CONSTRAINT `competence_user` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Competence of the second level in themes (K-5.1.5.3)';

CREATE TABLE `web_session` (
  `token_hash` binary(32) NOT NULL COMMENT 'SHA-256 of the cookie: a stolen table opens no session',
  `user_id` int(10) unsigned NOT NULL COMMENT 'who signed in',
  `csrf` varchar(64) NOT NULL COMMENT 'token of the forms',
  `created_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'sign-in, UTC',
  `seen_at` datetime(3) NOT NULL DEFAULT current_timestamp(3) COMMENT 'last request, UTC; for the idle lock',
  `address` varchar(45) NOT NULL DEFAULT '' COMMENT 'client address',
  `ended_at` datetime(3) DEFAULT NULL COMMENT 'signed out or ended, UTC',
  PRIMARY KEY (`token_hash`),
  KEY `session_user` (`user_id`,`ended_at`),
  KEY `session_seen` (`seen_at`),
  CONSTRAINT `session_account` FOREIGN KEY (`user_id`) REFERENCES `user_account` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Browser sessions; the jobs process removes old ones';

CREATE TRIGGER `appeal_org_changed` BEFORE UPDATE ON `appeal` FOR EACH ROW
SET NEW.author_org = NULLIF(IF(NEW.author_id = OLD.author_id
   AND OLD.status <> 'DRAFT', COALESCE(OLD.author_org, OLD.organization_id),
   (SELECT organization_id FROM user_account WHERE id = NEW.author_id)),
   NEW.organization_id),
  NEW.assignee_org = NULLIF(IF(NEW.assignee_id = OLD.assignee_id
   AND OLD.status <> 'DRAFT', COALESCE(OLD.assignee_org, OLD.organization_id),
   (SELECT organization_id FROM user_account WHERE id = NEW.assignee_id)),
   NEW.organization_id);

CREATE TRIGGER `appeal_org_new` BEFORE INSERT ON `appeal` FOR EACH ROW
SET NEW.author_org = NULLIF((SELECT organization_id FROM user_account
   WHERE id = NEW.author_id), NEW.organization_id),
  NEW.assignee_org = NULLIF((SELECT organization_id FROM user_account
   WHERE id = NEW.assignee_id), NEW.organization_id);

CREATE TRIGGER `appeal_sum_changed` AFTER UPDATE ON `appeal` FOR EACH ROW
IF NOT (NEW.status <=> OLD.status AND NEW.due_date <=> OLD.due_date
   AND NEW.returns <=> OLD.returns
   AND NEW.organization_id <=> OLD.organization_id
   AND NEW.author_org <=> OLD.author_org
   AND NEW.assignee_org <=> OLD.assignee_org
   AND NEW.passed_org <=> OLD.passed_org
   AND NEW.about_insurer_id <=> OLD.about_insurer_id) THEN
  IF OLD.shelf = 1 THEN
   CALL journal_count(-1, OLD.status, OLD.returns, OLD.due_date,
    OLD.organization_id, OLD.author_org, OLD.assignee_org,
    OLD.passed_org, OLD.about_insurer_id);
  END IF;
  IF NEW.shelf = 1 THEN
   CALL journal_count(1, NEW.status, NEW.returns, NEW.due_date,
    NEW.organization_id, NEW.author_org, NEW.assignee_org,
    NEW.passed_org, NEW.about_insurer_id);
  END IF;
 END IF;

CREATE TRIGGER `appeal_sum_gone` AFTER DELETE ON `appeal` FOR EACH ROW
IF OLD.shelf = 1 THEN
  CALL journal_count(-1, OLD.status, OLD.returns, OLD.due_date,
   OLD.organization_id, OLD.author_org, OLD.assignee_org,
   OLD.passed_org, OLD.about_insurer_id);
 END IF;

CREATE TRIGGER `appeal_sum_new` AFTER INSERT ON `appeal` FOR EACH ROW
IF NEW.shelf = 1 THEN
  CALL journal_count(1, NEW.status, NEW.returns, NEW.due_date,
   NEW.organization_id, NEW.author_org, NEW.assignee_org,
   NEW.passed_org, NEW.about_insurer_id);
 END IF;

CREATE TRIGGER `appeal_text_changed` AFTER UPDATE ON `appeal` FOR EACH ROW
INSERT IGNORE INTO text_todo (appeal_id) SELECT NEW.id FROM DUAL
  WHERE NEW.registered_at IS NOT NULL
  AND NOT (NEW.registered_at <=> OLD.registered_at
   AND NEW.description <=> OLD.description);

CREATE TRIGGER `appeal_text_new` AFTER INSERT ON `appeal` FOR EACH ROW
INSERT IGNORE INTO text_todo (appeal_id) SELECT NEW.id FROM DUAL
  WHERE NEW.registered_at IS NOT NULL AND NEW.description <> '';

CREATE TRIGGER `attachment_kept` BEFORE DELETE ON `attachment` FOR EACH ROW
IF EXISTS (SELECT 1 FROM appeal WHERE id = OLD.appeal_id
  AND registered_at IS NOT NULL) THEN
  SIGNAL SQLSTATE '45000'
   SET MESSAGE_TEXT = 'files of a registered appeal are kept';
 END IF;

CREATE TRIGGER `scenario_kept` BEFORE UPDATE ON `scenario` FOR EACH ROW
IF OLD.approved_at IS NOT NULL AND
  NOT (NEW.code <=> OLD.code AND NEW.version <=> OLD.version AND
  NEW.theme_code <=> OLD.theme_code AND NEW.title <=> OLD.title AND
  NEW.keywords <=> OLD.keywords AND NEW.text <=> OLD.text) THEN
  SIGNAL SQLSTATE '45000'
   SET MESSAGE_TEXT = 'an approved version is never changed';
 END IF;

CREATE PROCEDURE `journal_count`(IN sign int(11), IN state varchar(16), IN returned int(11), IN due date, IN org int(10) unsigned, IN author int(10) unsigned, IN assignee int(10) unsigned, IN passed int(10) unsigned, IN about int(10) unsigned)
INSERT INTO journal_sum (organization_id, kind, due_date, n)
  SELECT o.id, k.kind, IF(k.kind = 'DUE', due, NULL), sign
  FROM (SELECT 0 AS id UNION SELECT org UNION SELECT author
   UNION SELECT assignee UNION SELECT passed) o
  JOIN (SELECT 'DUE' AS kind FROM DUAL WHERE due IS NOT NULL
   UNION ALL SELECT 'DEFERRED' FROM DUAL WHERE state = 'DEFERRED'
   UNION ALL SELECT 'RETURNED' FROM DUAL
    WHERE state = 'IN_PROGRESS' AND returned > 0) k
  WHERE o.id <> COALESCE(IF(o.id IN (0, passed), NULL, about), -1);
