-- What the administrator's pages need of settings and of the telephone's
-- directories: versions, and of a setting what may be said.

ALTER TABLE setting
	ADD COLUMN IF NOT EXISTS kind
		ENUM('NUMBER','FLAG','PHONE','ZONE','TEXT') NOT NULL DEFAULT 'TEXT'
		COMMENT 'which values are allowed' AFTER value,
	ADD COLUMN IF NOT EXISTS least INT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'of a NUMBER; of a TEXT: characters' AFTER kind,
	ADD COLUMN IF NOT EXISTS most INT UNSIGNED NOT NULL DEFAULT 1000
		COMMENT 'the same' AFTER least,
	ADD COLUMN IF NOT EXISTS optional TINYINT NOT NULL DEFAULT 0
		COMMENT '1: may be empty' AFTER most,
	ADD COLUMN IF NOT EXISTS unit VARCHAR(20) NOT NULL DEFAULT ''
		COMMENT 'as shown, in Russian' AFTER optional,
	ADD COLUMN IF NOT EXISTS initial VARCHAR(64) NOT NULL DEFAULT ''
		COMMENT 'value of a new installation' AFTER unit,
	ADD COLUMN IF NOT EXISTS effect VARCHAR(300) NOT NULL DEFAULT ''
		COMMENT 'what it does and from when on, in Russian' AFTER about,
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'grows with each save; 1: nobody has looked at it';

INSERT IGNORE INTO setting (name, value) VALUES ('callback.on', '1');

CREATE TEMPORARY TABLE told (
	name VARCHAR(64) NOT NULL PRIMARY KEY,
	kind VARCHAR(8) NOT NULL, least INT UNSIGNED NOT NULL,
	most INT UNSIGNED NOT NULL, unit VARCHAR(20) NOT NULL,
	initial VARCHAR(64) NOT NULL, about VARCHAR(300) NOT NULL,
	effect VARCHAR(300) NOT NULL
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO told VALUES
('appeal.auto_close_consultations', 'FLAG', 0, 1, '', '0',
	'Консультация закрывается без проверки администратором',
	'При следующем закрытии'),
('appeal.draft_keep_days', 'NUMBER', 1, 365, 'дней', '30',
	'Хранение черновика без вызова', 'Старше — удаляются раз в час'),
('call.hold_limit_s', 'NUMBER', 60, 86400, 'с', '1800',
	'Ожидание и удержание без звука гражданина',
	'Потом вызов завершается; действует и на идущие вызовы'),
('call.limit_s', 'NUMBER', 600, 86400, 'с', '36000',
	'Предел длительности вызова', 'Для вызовов, начатых после изменения'),
('call.rtp_limit_s', 'NUMBER', 10, 3600, 'с', '60',
	'Разговор без звука гражданина',
	'Потом вызов завершается; действует и на идущие вызовы'),
('callback.on', 'FLAG', 0, 1, '', '1',
	'Ожидающему предлагается оставить номер',
	'«Нажмите 1, и мы перезвоним»; место в очереди сохраняется'),
('deadline.consultation_workdays', 'NUMBER', 0, 30, 'рабочих дней', '0',
	'Срок консультации', '0 — срок темы; для новых обращений'),
('dial.ring_s', 'NUMBER', 10, 300, 'с', '60',
	'Исходящий вызов: ожидание ответа', 'Для следующих вызовов'),
('dial.trunk_calls', 'NUMBER', 1, 1000, 'вызовов', '30',
	'Исходящих вызовов линии одновременно',
	'Сверх предела — отказ и тревога'),
('dial.trunk_hour', 'NUMBER', 1, 100000, 'вызовов', '600',
	'Исходящих вызовов линии за час', 'Сверх предела — отказ и тревога'),
('dial.user_calls', 'NUMBER', 1, 20, 'вызовов', '3',
	'Исходящих вызовов сотрудника одновременно',
	'Сверх предела — отказ и тревога'),
('dial.user_hour', 'NUMBER', 1, 1000, 'вызовов', '60',
	'Исходящих вызовов сотрудника за час',
	'Сверх предела — отказ и тревога'),
('emergency.103', 'PHONE', 2, 15, '', '103',
	'Номер, набираемый кнопкой «103»', 'Для следующих вызовов'),
('emergency.112', 'PHONE', 2, 15, '', '112',
	'Номер, набираемый кнопкой «112»', 'Для следующих вызовов'),
('emergency.ring_s', 'NUMBER', 5, 120, 'с', '15',
	'Ожидание ответа экстренной службы', 'Для следующих вызовов'),
('phone.give_up_s', 'NUMBER', 10, 3600, 'с', '60',
	'Через сколько без связи оператор «Не активен»', 'Сразу'),
('phone.resume_s', 'NUMBER', 3, 120, 'с', '10',
	'Сколько вызов ждёт возвращения оператора',
	'Потом гражданин возвращается в начало очереди'),
('phone.ring_s', 'NUMBER', 5, 120, 'с', '20',
	'Ожидание ответа при переводе', 'Для следующих переводов'),
('region.code', 'NUMBER', 1, 99, '', '26',
	'Код региона', 'В регистрационных номерах новых обращений'),
('region.zone', 'ZONE', 1, 40, '', 'Europe/Moscow',
	'Часовой пояс региона', 'Время на страницах, сроки и сутки отчётов'),
('review.open_percent', 'NUMBER', 0, 100, '%', '10',
	'Доля простых обращений, которые утверждаются только по одному',
	'Сразу, и для тех, что уже ждут'),
('review.seed', 'NUMBER', 0, 999999999, '', '',
	'Начальное число, по которому они выбираются',
	'Одно и то же число даёт одну и ту же выборку'),
('session.keep_days', 'NUMBER', 1, 3650, 'дней', '30',
	'Хранение завершённых сеансов', 'Старше — удаляются раз в час'),
('shift.accept_s', 'NUMBER', 5, 600, 'с', '30',
	'Через сколько без «Принял» тревога идёт ОП2 и администраторам',
	'Для следующих тревог'),
('shift.long_wait_s', 'NUMBER', 10, 3600, 'с', '120',
	'Ожидание, с которого старший смены предупреждается', 'Сразу'),
('shift.service_s', 'NUMBER', 1, 600, 'с', '20',
	'Порог уровня обслуживания', 'Сразу, и для прошедшего дня'),
('unassigned.deal_min', 'NUMBER', 0, 600, 'мин', '',
	'Через сколько после открытия линии «Не распределено» делится поровну',
	'Между работающими операторами; пусто — не делится'),
('voicemail.max_s', 'NUMBER', 10, 600, 'с', '180',
	'Самое длинное голосовое сообщение', 'Для следующих сообщений'),
('voicemail.min_s', 'NUMBER', 1, 30, 'с', '1',
	'Голоса меньше — не сообщение, а пропущенный вызов',
	'Для следующих сообщений'),
('voicemail.quiet_s', 'NUMBER', 2, 60, 'с', '6',
	'Тишина, которой сообщение кончается', 'Для следующих сообщений');

UPDATE setting JOIN told USING (name) SET setting.kind = told.kind,
	setting.least = told.least, setting.most = told.most,
	setting.unit = told.unit, setting.initial = told.initial,
	setting.about = told.about, setting.effect = told.effect,
	setting.optional = told.name = 'unassigned.deal_min',
	setting.updated_at = setting.updated_at;

DROP TEMPORARY TABLE told;

ALTER TABLE queue
	DROP COLUMN IF EXISTS greeting, DROP COLUMN IF EXISTS music,
	DROP COLUMN IF EXISTS prompt_position,
	DROP COLUMN IF EXISTS prompt_closed, DROP COLUMN IF EXISTS prompt_sorry,
	DROP COLUMN IF EXISTS prompt_reconnect,
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'grows with each save';
ALTER TABLE inbound_route
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'grows with each save';
ALTER TABLE dial_rule
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'grows with each save';
ALTER TABLE trunk
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'grows with each save';
ALTER TABLE business_hours
	ADD COLUMN IF NOT EXISTS version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'grows with each save; 1: as delivered';

CREATE TABLE IF NOT EXISTS prompt_file (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'files/prompts/ID.wav; its sound never changes',
	used_for VARCHAR(16) NOT NULL COMMENT 'prompt it may stand for: greeting',
	number SMALLINT UNSIGNED NOT NULL COMMENT 'version of that prompt, from 1',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	source VARCHAR(200) NOT NULL COMMENT 'name of the uploaded file',
	user_id INT UNSIGNED NOT NULL COMMENT 'who uploaded it',
	at DATETIME(3) NOT NULL COMMENT 'when, UTC',
	state ENUM('NEW','READY','FAILED') NOT NULL DEFAULT 'NEW'
		COMMENT 'NEW: to be converted',
	why VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT 'of FAILED: TYPE, LONG, TIME, SILENT, ERROR',
	length_ms INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of READY',
	UNIQUE KEY prompt_number (used_for, number),
	KEY prompt_state (state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Prompts of the fund''s own, every version';

CREATE TABLE IF NOT EXISTS prompt_use (
	queue_id INT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'callers of which queue hear it; 0: of all others',
	used_for VARCHAR(16) NOT NULL COMMENT 'instead of this one',
	file_id INT UNSIGNED NOT NULL COMMENT 'what is heard',
	PRIMARY KEY (queue_id, used_for),
	KEY prompt_use_file (file_id),
	CONSTRAINT prompt_use_file FOREIGN KEY (file_id)
		REFERENCES prompt_file (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
	COMMENT='Prompts in force in place of the delivered ones';
