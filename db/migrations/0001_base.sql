-- The first schema: organizations, accounts, queues, calls and their
-- evidence, recordings, appeals, logs. Times are DATETIME(3) in UTC; ids of
-- calls, recordings and shifts are UUIDv7 made by the plugin, so a row may
-- arrive twice or late from its spool. Therefore evidence tables carry no
-- foreign keys (INSERT IGNORE would drop such a row in silence), only a
-- stored_at by which the sealing job finds what is new.

CREATE TABLE IF NOT EXISTS organization (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	kind ENUM('FUND','INSURER','MO','AGENCY') NOT NULL
		COMMENT 'fund, insurer, medical organization, authority',
	code VARCHAR(8) NOT NULL COMMENT 'code in the insurance system',
	short_name VARCHAR(160) NOT NULL COMMENT 'name in lists',
	full_name VARCHAR(400) NOT NULL COMMENT 'name in documents',
	town VARCHAR(120) NOT NULL DEFAULT '' COMMENT 'town or village',
	address VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'street address',
	phones VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'several: semicolon',
	hours VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'working hours as text',
	site VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'web address',
	UNIQUE KEY organization_code (kind, code),
	KEY organization_name (short_name)
) COMMENT 'Fund, insurers, medical organizations and authorities';

CREATE TABLE IF NOT EXISTS user_account (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id, also in tokens of the telephone',
	login VARCHAR(40) NOT NULL COMMENT 'sign-in name',
	password_hash VARCHAR(128) NOT NULL
		COMMENT 'Argon2id string of libsodium',
	surname VARCHAR(40) NOT NULL COMMENT 'as shown',
	given_name VARCHAR(40) NOT NULL COMMENT 'as shown',
	patronymic VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'may be empty',
	organization_id INT UNSIGNED NOT NULL COMMENT 'employer; the scope',
	extension VARCHAR(6) NULL COMMENT 'internal number, NULL: no telephone',
	blocked TINYINT NOT NULL DEFAULT 0 COMMENT '1: may not sign in',
	failed_logins SMALLINT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'wrong passwords since the last right one',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'UTC',
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	UNIQUE KEY user_login (login),
	UNIQUE KEY user_extension (extension),
	CONSTRAINT user_organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
) COMMENT 'Employees who sign in';

CREATE TABLE IF NOT EXISTS user_role (
	user_id INT UNSIGNED NOT NULL COMMENT 'whose role',
	role ENUM('OPERATOR_L1','OPERATOR_L2','INSURER_REP_L1',
		'INSURER_REP_L2','INSURER_REP_L3','CC_ADMIN',
		'SECURITY_ADMIN','SUPERVISOR','QUALITY_CONTROLLER',
		'AUDITOR','DIRECTOR') NOT NULL COMMENT 'what he may do',
	PRIMARY KEY (user_id, role),
	CONSTRAINT role_user FOREIGN KEY (user_id)
		REFERENCES user_account (id) ON DELETE CASCADE
) COMMENT 'Roles of an account; forbidden pairs are refused when saved';

CREATE TABLE IF NOT EXISTS web_session (
	token_hash BINARY(32) NOT NULL PRIMARY KEY
		COMMENT 'SHA-256 of the cookie: a stolen table opens no session',
	user_id INT UNSIGNED NOT NULL COMMENT 'who signed in',
	csrf VARCHAR(64) NOT NULL COMMENT 'token of the forms',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'sign-in, UTC',
	seen_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'last request, UTC; for the idle lock',
	address VARCHAR(45) NOT NULL DEFAULT '' COMMENT 'client address',
	ended_at DATETIME(3) NULL COMMENT 'signed out or ended, UTC',
	KEY session_user (user_id, ended_at),
	KEY session_seen (seen_at),
	CONSTRAINT session_account FOREIGN KEY (user_id)
		REFERENCES user_account (id) ON DELETE CASCADE
) COMMENT 'Browser sessions; the jobs process removes old ones';

CREATE TABLE IF NOT EXISTS business_hours (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	zone VARCHAR(40) NOT NULL DEFAULT 'Europe/Moscow'
		COMMENT 'time zone of the intervals',
	UNIQUE KEY hours_name (name)
) COMMENT 'A timetable; no timetable at a route means round the clock';

CREATE TABLE IF NOT EXISTS business_interval (
	hours_id INT UNSIGNED NOT NULL COMMENT 'whose timetable',
	weekday TINYINT UNSIGNED NOT NULL COMMENT '1 Monday to 7 Sunday',
	opens TIME NOT NULL COMMENT 'first moment, local',
	closes TIME NOT NULL COMMENT 'first moment after, local',
	PRIMARY KEY (hours_id, weekday, opens),
	CONSTRAINT interval_hours FOREIGN KEY (hours_id)
		REFERENCES business_hours (id) ON DELETE CASCADE,
	CONSTRAINT interval_order CHECK (closes > opens),
	CONSTRAINT interval_day CHECK (weekday BETWEEN 1 AND 7)
) COMMENT 'When a timetable is open';

CREATE TABLE IF NOT EXISTS holiday (
	day DATE NOT NULL PRIMARY KEY COMMENT 'local date',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	working TINYINT NOT NULL DEFAULT 0
		COMMENT '0: day off, 1: working though a week-end'
) COMMENT 'Exceptions of the working week';

CREATE TABLE IF NOT EXISTS queue (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; queue:ID is a transfer target',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	strategy ENUM('longest_idle','round_robin','organization','priority')
		NOT NULL DEFAULT 'longest_idle' COMMENT 'K-2.0.4',
	ring_timeout_s SMALLINT UNSIGNED NOT NULL DEFAULT 20
		COMMENT 'ringing at one operator',
	max_wait_s SMALLINT UNSIGNED NOT NULL DEFAULT 600
		COMMENT 'then the call leaves the queue',
	max_len SMALLINT UNSIGNED NOT NULL DEFAULT 200
		COMMENT 'callers waiting; more are refused before answering',
	wrapup_s SMALLINT UNSIGNED NOT NULL DEFAULT 60
		COMMENT 'after-call work',
	position_interval_s SMALLINT UNSIGNED NOT NULL DEFAULT 30
		COMMENT 'at most so often the position is told',
	greeting VARCHAR(64) NOT NULL DEFAULT 'greeting'
		COMMENT 'prompt at the start; says that the call is recorded',
	music VARCHAR(64) NOT NULL DEFAULT 'music'
		COMMENT 'prompt played while waiting and on hold',
	prompt_position VARCHAR(64) NOT NULL DEFAULT 'position'
		COMMENT 'prompt before the number in the queue',
	prompt_closed VARCHAR(64) NOT NULL DEFAULT 'closed'
		COMMENT 'prompt outside the hours',
	prompt_sorry VARCHAR(64) NOT NULL DEFAULT 'sorry'
		COMMENT 'prompt at the maximum wait',
	prompt_reconnect VARCHAR(64) NOT NULL DEFAULT 'reconnect'
		COMMENT 'prompt when the operator was lost',
	organization_id INT UNSIGNED NULL
		COMMENT 'who owns what the queue leaves behind; NULL: the fund',
	UNIQUE KEY queue_name (name),
	CONSTRAINT queue_organization FOREIGN KEY (organization_id)
		REFERENCES organization (id)
) COMMENT 'Queues of calls';

CREATE TABLE IF NOT EXISTS queue_member (
	queue_id INT UNSIGNED NOT NULL COMMENT 'which queue',
	user_id INT UNSIGNED NOT NULL COMMENT 'who serves it',
	level TINYINT UNSIGNED NOT NULL DEFAULT 1
		COMMENT '1 first; higher ones for the priority strategy',
	position SMALLINT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'order of round robin',
	PRIMARY KEY (queue_id, user_id),
	CONSTRAINT member_queue FOREIGN KEY (queue_id)
		REFERENCES queue (id) ON DELETE CASCADE,
	CONSTRAINT member_user FOREIGN KEY (user_id)
		REFERENCES user_account (id) ON DELETE CASCADE
) COMMENT 'Operators of a queue';

CREATE TABLE IF NOT EXISTS inbound_route (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	number VARCHAR(20) NULL
		COMMENT 'called number, E.164; NULL: the default route',
	queue_id INT UNSIGNED NOT NULL COMMENT 'where it leads',
	hours_id INT UNSIGNED NULL COMMENT 'NULL: round the clock',
	UNIQUE KEY route_number (number),
	CONSTRAINT route_queue FOREIGN KEY (queue_id) REFERENCES queue (id),
	CONSTRAINT route_hours FOREIGN KEY (hours_id)
		REFERENCES business_hours (id)
) COMMENT 'Called number to queue';

CREATE TABLE IF NOT EXISTS trunk (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	kind ENUM('PEER','REGISTER') NOT NULL DEFAULT 'PEER'
		COMMENT 'known by its address, or we register there',
	peer_host VARCHAR(120) NOT NULL COMMENT 'address of the operator',
	peer_port SMALLINT UNSIGNED NOT NULL DEFAULT 5060 COMMENT 'its port',
	transport ENUM('UDP','TCP','TLS') NOT NULL DEFAULT 'UDP'
		COMMENT 'for what we send',
	presented VARCHAR(20) NOT NULL DEFAULT ''
		COMMENT 'our number shown to the called',
	builtin TINYINT NOT NULL DEFAULT 0
		COMMENT '1: described by OTKLIK_TRUNK_PEER, which wins at start',
	enabled TINYINT NOT NULL DEFAULT 1 COMMENT '0: not used',
	priority SMALLINT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'smaller is tried first',
	UNIQUE KEY trunk_name (name)
) COMMENT 'Telephone lines of the operator';

CREATE TABLE IF NOT EXISTS setting (
	name VARCHAR(64) NOT NULL PRIMARY KEY COMMENT 'fixed in the programs',
	value VARCHAR(1000) NOT NULL COMMENT 'text; the reader checks it',
	about VARCHAR(300) NOT NULL DEFAULT '' COMMENT 'meaning, in Russian',
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'UTC'
) COMMENT 'What an administrator changes while the centre runs';

CREATE TABLE IF NOT EXISTS call_record (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7 made by the plugin',
	node VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'machine that owned it',
	direction ENUM('IN','OUT','INT') NOT NULL
		COMMENT 'from the trunk, to it, between employees',
	caller VARCHAR(32) NOT NULL DEFAULT ''
		COMMENT 'E.164 or extension; empty: number hidden',
	called VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'dialled number',
	queue_id INT UNSIGNED NULL COMMENT 'last queue',
	queue_name VARCHAR(80) NOT NULL DEFAULT ''
		COMMENT 'its name at the time',
	user_id INT UNSIGNED NULL COMMENT 'current or last operator',
	trunk_id INT UNSIGNED NULL COMMENT 'which line',
	started_at DATETIME(3) NOT NULL COMMENT 'INVITE, UTC',
	greeted_at DATETIME(3) NULL COMMENT 'greeting began, UTC',
	queued_at DATETIME(3) NULL COMMENT 'queue clock began, UTC',
	offered_at DATETIME(3) NULL COMMENT 'first ring at an operator, UTC',
	answered_at DATETIME(3) NULL COMMENT 'first operator answered, UTC',
	ended_at DATETIME(3) NULL COMMENT 'end, UTC; NULL: in progress',
	state VARCHAR(16) NOT NULL DEFAULT '' COMMENT 'citizen''s state now',
	end_reason VARCHAR(32) NOT NULL DEFAULT ''
		COMMENT 'closed vocabulary of the plugin',
	durations JSON NULL COMMENT 'ms in each citizen state; sums to the call',
	quality JSON NULL COMMENT 'loss, jitter, round trip, MOS',
	non_target_kind VARCHAR(16) NULL
		COMMENT 'SILENCE, MISTAKE, SPAM, CHILD',
	parent_call_id UUID NULL COMMENT 'call this one belongs to',
	flags VARCHAR(120) NOT NULL DEFAULT ''
		COMMENT 'EMERGENCY, THREAT ..., comma',
	KEY call_started (started_at),
	KEY call_caller (caller, started_at),
	KEY call_user (user_id, started_at),
	KEY call_ended (ended_at),
	KEY call_state (node, ended_at),
	KEY call_parent (parent_call_id)
) COMMENT 'One call as it stands: a projection of its events';

CREATE TABLE IF NOT EXISTS call_event (
	call_id UUID NOT NULL COMMENT 'which call',
	seq INT UNSIGNED NOT NULL COMMENT 'from 1, without gaps',
	at DATETIME(3) NOT NULL COMMENT 'when it happened, UTC',
	kind VARCHAR(24) NOT NULL COMMENT 'closed vocabulary of the plugin',
	user_id INT UNSIGNED NULL COMMENT 'employee concerned',
	data JSON NULL COMMENT 'the event''s own values',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	PRIMARY KEY (call_id, seq),
	KEY event_stored (stored_at),
	KEY event_kind (kind, at)
) COMMENT 'Evidence: what happened in a call, replays to its final state';

CREATE TABLE IF NOT EXISTS call_leg (
	call_id UUID NOT NULL COMMENT 'which call',
	seq INT UNSIGNED NOT NULL COMMENT 'from 1 in the call',
	kind VARCHAR(16) NOT NULL COMMENT 'trunk, agent, consult, emergency',
	peer VARCHAR(64) NOT NULL DEFAULT '' COMMENT 'number or extension',
	started_at DATETIME(3) NOT NULL COMMENT 'UTC',
	ended_at DATETIME(3) NULL COMMENT 'UTC',
	loss DOUBLE NULL COMMENT 'share of lost packets, 0 to 1',
	jitter_ms DOUBLE NULL COMMENT 'RFC 3550',
	rtt_ms DOUBLE NULL COMMENT 'round trip',
	max_gap_ms DOUBLE NULL COMMENT 'largest hole in the stream',
	mos DOUBLE NULL COMMENT 'E-model, 1 to 4.5',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	PRIMARY KEY (call_id, seq),
	KEY leg_stored (stored_at)
) COMMENT 'Evidence: network quality of each leg of a call';

CREATE TABLE IF NOT EXISTS recording (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7; also the file name',
	call_id UUID NOT NULL COMMENT 'call it belongs to',
	node VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'machine that wrote it',
	kind ENUM('CALL','CONSULT','INTERNAL') NOT NULL
		COMMENT 'the call, a consultation in it, or between employees',
	path VARCHAR(200) NOT NULL COMMENT 'relative to rec/',
	started_at DATETIME(3) NOT NULL COMMENT 'first sample, UTC',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY recording_call (call_id),
	KEY recording_started (started_at),
	KEY recording_stored (stored_at)
) COMMENT 'Evidence: a recording was begun';

CREATE TABLE IF NOT EXISTS recording_end (
	recording_id UUID NOT NULL PRIMARY KEY COMMENT 'which recording',
	ended_at DATETIME(3) NOT NULL COMMENT 'last sample, UTC',
	samples BIGINT UNSIGNED NOT NULL COMMENT 'per channel, 8000 a second',
	bytes BIGINT UNSIGNED NOT NULL COMMENT 'size of the file',
	frames INT UNSIGNED NOT NULL COMMENT 'seconds in the chain',
	head BINARY(32) NULL COMMENT 'last hash of the chain',
	reason VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'why it ended',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY recording_end_stored (stored_at)
) COMMENT 'Evidence: a recording was closed, and its chain head';

CREATE TABLE IF NOT EXISTS attendance (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7 made by the plugin',
	user_id INT UNSIGNED NOT NULL COMMENT 'who',
	started_at DATETIME(3) NOT NULL COMMENT '«Начало работы», UTC',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY attendance_user (user_id, started_at),
	KEY attendance_stored (stored_at)
) COMMENT 'Evidence: an employee began to work (K-3.0.7)';

CREATE TABLE IF NOT EXISTS attendance_end (
	attendance_id UUID NOT NULL PRIMARY KEY COMMENT 'which beginning',
	ended_at DATETIME(3) NOT NULL COMMENT '«Завершить» or lost, UTC',
	reason VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'why it ended',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY attendance_end_stored (stored_at)
) COMMENT 'Evidence: he stopped';

CREATE TABLE IF NOT EXISTS agent_event (
	id UUID NOT NULL PRIMARY KEY COMMENT 'UUIDv7 made by the plugin',
	user_id INT UNSIGNED NOT NULL COMMENT 'who',
	at DATETIME(3) NOT NULL COMMENT 'UTC',
	state VARCHAR(16) NOT NULL COMMENT 'state entered',
	reason VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'of a break',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY agent_user (user_id, at),
	KEY agent_stored (stored_at)
) COMMENT 'Evidence: every change of an operator''s state';

CREATE TABLE IF NOT EXISTS theme (
	code VARCHAR(12) NOT NULL PRIMARY KEY COMMENT 'ZH-03.01',
	type ENUM('Жалоба','Консультация','Заявление','Предложение',
		'Благодарность') NOT NULL COMMENT 'type of appeal it belongs to',
	name VARCHAR(300) NOT NULL COMMENT 'as shown',
	keywords VARCHAR(600) NOT NULL DEFAULT ''
		COMMENT 'for the search, semicolon',
	mo_required TINYINT NOT NULL DEFAULT 0
		COMMENT '1: a medical organization must be named',
	about VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT 'whom it is about: mo, insurer, fund or empty',
	level2 VARCHAR(16) NOT NULL DEFAULT ''
		COMMENT 'whose second level is competent: fund, insurer',
	due_days SMALLINT UNSIGNED NULL
		COMMENT 'term in calendar days; NULL: none',
	valid_from DATE NULL COMMENT 'NULL: always was',
	valid_to DATE NULL COMMENT 'last day; NULL: open',
	KEY theme_type (type)
) COMMENT 'Classifier of appeals; a used theme is closed, never deleted';

CREATE TABLE IF NOT EXISTS theme_report_line (
	code VARCHAR(12) NOT NULL COMMENT 'theme',
	report VARCHAR(12) NOT NULL COMMENT 'table of the statutory report',
	line VARCHAR(12) NOT NULL COMMENT 'row in it',
	PRIMARY KEY (code, report, line),
	CONSTRAINT line_theme FOREIGN KEY (code) REFERENCES theme (code)
) COMMENT 'In which row of which statutory table a theme is counted';

CREATE TABLE IF NOT EXISTS scenario (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'one version of an answer',
	code VARCHAR(12) NOT NULL COMMENT 'SC-001, the same in all versions',
	version SMALLINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'from 1',
	theme_code VARCHAR(12) NOT NULL COMMENT 'theme it answers',
	title VARCHAR(300) NOT NULL COMMENT 'as shown',
	keywords VARCHAR(600) NOT NULL DEFAULT '' COMMENT 'semicolon',
	text TEXT NOT NULL COMMENT '{…} is filled in, […] is not read out',
	approved_by VARCHAR(120) NULL COMMENT 'who; NULL: a proposal',
	approved_at DATETIME(3) NULL COMMENT 'UTC',
	valid_to DATE NULL COMMENT 'last day; NULL: in force',
	UNIQUE KEY scenario_code (code, version),
	KEY scenario_theme (theme_code),
	CONSTRAINT scenario_of_theme FOREIGN KEY (theme_code)
		REFERENCES theme (code)
) COMMENT 'Approved answers with their versions';

CREATE TABLE IF NOT EXISTS insured_person (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	enp CHAR(16) NOT NULL COMMENT 'policy number',
	snils CHAR(11) NULL COMMENT 'social insurance number, digits only',
	surname VARCHAR(40) NOT NULL COMMENT 'as shown',
	given_name VARCHAR(40) NOT NULL COMMENT 'as shown',
	patronymic VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'may be empty',
	k_sn VARCHAR(40) NOT NULL COMMENT 'surname folded for the search',
	k_gn VARCHAR(40) NOT NULL COMMENT 'given name folded',
	k_pn VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'patronymic folded',
	birth_date DATE NOT NULL COMMENT 'calendar date',
	sex ENUM('M','F') NOT NULL COMMENT 'from the register',
	phone VARCHAR(16) NULL COMMENT 'main one, E.164',
	address VARCHAR(300) NOT NULL DEFAULT '' COMMENT 'as in the register',
	insurer_id INT UNSIGNED NULL COMMENT 'insurer today',
	mo_id INT UNSIGNED NULL COMMENT 'clinic of the attachment',
	policy_kind TINYINT UNSIGNED NOT NULL DEFAULT 4
		COMMENT '1 old, 2 temporary, 3 paper, 4 electronic, 5 card',
	no_calls TINYINT NOT NULL DEFAULT 0 COMMENT '«Не звонить»',
	UNIQUE KEY person_enp (enp),
	KEY person_snils (snils),
	KEY person_phone (phone),
	KEY i_s (k_sn, k_gn, k_pn, birth_date),
	KEY i_g (k_gn, k_sn, k_pn, birth_date),
	KEY i_p (k_pn, k_sn, k_gn, birth_date),
	KEY i_gp (k_gn, k_pn, k_sn, birth_date),
	KEY i_b (birth_date, k_sn, k_gn, k_pn)
) COMMENT 'Register of insured persons, searched by folded keys (D13)';

CREATE TABLE IF NOT EXISTS appeal_serial (
	year SMALLINT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'local year',
	last INT UNSIGNED NOT NULL COMMENT 'last serial given out'
) COMMENT 'Registration numbers: taken in the transaction that uses them';

CREATE TABLE IF NOT EXISTS appeal (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id, in addresses of pages',
	number VARCHAR(16) NULL COMMENT '26-26-000001; NULL in a draft',
	status ENUM('DRAFT','IN_PROGRESS','DEFERRED','UNDER_REVIEW','CLOSED',
		'DELETED') NOT NULL DEFAULT 'DRAFT' COMMENT 'DOMAIN 3.1',
	review_kind ENUM('CLOSE','EXTENSION') NULL
		COMMENT 'what is reviewed, only in UNDER_REVIEW',
	origin ENUM('CARD','LOST_CALL','VOICEMAIL','NUMBER','IMPORT') NOT NULL
		DEFAULT 'CARD' COMMENT 'an employee, or T4 of what',
	type ENUM('Жалоба','Консультация','Заявление','Предложение',
		'Благодарность') NULL COMMENT 'NULL: not chosen yet',
	theme_code VARCHAR(12) NULL COMMENT 'theme of this type',
	form ENUM('Устная','Письменная') NOT NULL DEFAULT 'Устная'
		COMMENT 'oral or written',
	channel VARCHAR(16) NOT NULL DEFAULT 'HOTLINE'
		COMMENT 'HOTLINE INTERNET LETTER VISIT POST EMAIL COURIER REPRESENTATIVE VOICEMAIL',
	description TEXT NULL COMMENT 'what the applicant says',
	surname VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'applicant',
	given_name VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'applicant',
	patronymic VARCHAR(40) NOT NULL DEFAULT '' COMMENT 'applicant',
	birth_date DATE NULL COMMENT 'applicant',
	phone VARCHAR(32) NOT NULL DEFAULT ''
		COMMENT 'E.164, or as given when it is none',
	email VARCHAR(120) NOT NULL DEFAULT '' COMMENT 'applicant',
	address VARCHAR(300) NOT NULL DEFAULT '' COMMENT 'applicant',
	enp VARCHAR(20) NOT NULL DEFAULT '' COMMENT 'policy number as given',
	insurer_id INT UNSIGNED NULL COMMENT 'insurer of the person concerned',
	person_id BIGINT UNSIGNED NULL COMMENT 'found in the register',
	mo_id INT UNSIGNED NULL COMMENT '«Мед. организация»',
	about_insurer_id INT UNSIGNED NULL
		COMMENT '«СМО, на которую жалуются»',
	anonymous TINYINT NOT NULL DEFAULT 0 COMMENT '1: no name given',
	representative VARCHAR(120) NOT NULL DEFAULT '' COMMENT 'full name',
	representative_phone VARCHAR(32) NOT NULL DEFAULT '' COMMENT 'E.164',
	author_id INT UNSIGNED NULL COMMENT 'NULL: the system (T4)',
	assignee_id INT UNSIGNED NULL COMMENT 'NULL: «Не распределено»',
	organization_id INT UNSIGNED NULL COMMENT 'who considers it',
	deferred_reason VARCHAR(500) NOT NULL DEFAULT ''
		COMMENT '«Причина отсроченного ответа»',
	result_code VARCHAR(24) NULL COMMENT 'DOMAIN 3.3',
	measures TEXT NULL COMMENT '«Комментарий» to the result',
	justified VARCHAR(4) NULL COMMENT 'complaint: 1, 1.1, 1.2, 2',
	refund_amount DECIMAL(12,2) NULL COMMENT 'roubles returned',
	scenario_code VARCHAR(12) NULL COMMENT 'answer that was used',
	scenario_version SMALLINT UNSIGNED NULL COMMENT 'its version',
	due_date DATE NULL COMMENT '«Рассмотреть до», local date',
	requested_due DATE NULL COMMENT 'asked for by an extension',
	extended TINYINT NOT NULL DEFAULT 0 COMMENT '1: once is all',
	returns SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'T13 counter',
	registered_at DATETIME(3) NULL COMMENT 'T2, T3, T4; UTC',
	closed_at DATETIME(3) NULL COMMENT 'T12; UTC',
	created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'UTC',
	updated_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	version INT UNSIGNED NOT NULL DEFAULT 1
		COMMENT 'each save adds one (D14)',
	UNIQUE KEY appeal_number (number),
	KEY appeal_status (status, registered_at, id),
	KEY appeal_assignee (assignee_id, status, registered_at, id),
	KEY appeal_author (author_id, status),
	KEY appeal_organization (organization_id, status, registered_at, id),
	KEY appeal_registered (registered_at, id),
	KEY appeal_due (status, due_date),
	KEY appeal_phone (phone, status),
	KEY appeal_enp (enp),
	KEY appeal_person (person_id),
	KEY appeal_name (surname, given_name),
	CONSTRAINT appeal_theme FOREIGN KEY (theme_code)
		REFERENCES theme (code),
	CONSTRAINT appeal_author_user FOREIGN KEY (author_id)
		REFERENCES user_account (id),
	CONSTRAINT appeal_assignee_user FOREIGN KEY (assignee_id)
		REFERENCES user_account (id),
	CONSTRAINT appeal_owner FOREIGN KEY (organization_id)
		REFERENCES organization (id),
	CONSTRAINT appeal_registered_number CHECK
		(status = 'DRAFT' OR number IS NOT NULL OR status = 'DELETED')
) COMMENT 'Appeals of citizens, drafts included';

CREATE TABLE IF NOT EXISTS appeal_call (
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which appeal',
	call_id UUID NOT NULL
		COMMENT 'which call; its row may still be in the spool',
	linked_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'UTC',
	PRIMARY KEY (appeal_id, call_id),
	KEY appeal_call_call (call_id),
	CONSTRAINT link_appeal FOREIGN KEY (appeal_id) REFERENCES appeal (id)
) COMMENT 'Which calls belong to which appeals, both ways (K-2.0.1)';

CREATE TABLE IF NOT EXISTS call_back (
	call_id UUID NOT NULL PRIMARY KEY
		COMMENT 'lost call; the key makes it happen once',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'new, or joined',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	KEY call_back_appeal (appeal_id),
	CONSTRAINT call_back_of FOREIGN KEY (appeal_id) REFERENCES appeal (id)
) COMMENT 'Lost calls that were turned into work (K-2.0.9, T4)';

CREATE TABLE IF NOT EXISTS appeal_history (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; does not commit in order',
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which appeal',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	user_id INT UNSIGNED NULL COMMENT 'NULL: the system',
	event VARCHAR(24) NOT NULL COMMENT 'transition of DOMAIN 3.2',
	from_status VARCHAR(16) NULL COMMENT 'NULL: new',
	to_status VARCHAR(16) NOT NULL COMMENT 'after it',
	comment VARCHAR(2000) NOT NULL DEFAULT '' COMMENT 'as entered',
	address VARCHAR(45) NOT NULL DEFAULT '' COMMENT 'client address',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY history_appeal (appeal_id, at),
	KEY history_stored (stored_at)
) COMMENT 'Evidence: every transition of an appeal';

CREATE TABLE IF NOT EXISTS forwarding (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	appeal_id BIGINT UNSIGNED NULL COMMENT 'what was handed over',
	call_id UUID NULL COMMENT 'with a live call',
	from_user INT UNSIGNED NULL COMMENT 'NULL: the system',
	to_user INT UNSIGNED NULL COMMENT 'NULL: to a queue',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	live TINYINT NOT NULL DEFAULT 0
		COMMENT '1: with the call, 0: for a deferred answer',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY forwarding_appeal (appeal_id),
	KEY forwarding_call (call_id),
	KEY forwarding_from (from_user, at),
	KEY forwarding_stored (stored_at)
) COMMENT 'Evidence: who handed an appeal to whom (K-5.1.8.8)';

CREATE TABLE IF NOT EXISTS access_log (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id; does not commit in order',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	user_id INT UNSIGNED NULL COMMENT 'NULL: nobody signed in',
	role VARCHAR(24) NOT NULL DEFAULT '' COMMENT 'role he acted in',
	organization_id INT UNSIGNED NULL COMMENT 'his organization',
	address VARCHAR(45) NOT NULL DEFAULT '' COMMENT 'client address',
	action VARCHAR(32) NOT NULL COMMENT 'closed vocabulary of the pages',
	object_type VARCHAR(24) NOT NULL DEFAULT '' COMMENT 'kind of object',
	object_id VARCHAR(64) NOT NULL DEFAULT '' COMMENT 'its id',
	person_id BIGINT UNSIGNED NULL COMMENT 'insured person concerned',
	params JSON NULL COMMENT 'search values or changed fields',
	reason VARCHAR(300) NOT NULL DEFAULT '' COMMENT '«Основание доступа»',
	result VARCHAR(16) NOT NULL DEFAULT 'OK' COMMENT 'OK, DENIED, ERROR …',
	stored_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'when it reached the database, UTC',
	KEY access_at (at),
	KEY access_user (user_id, at),
	KEY access_person (person_id, at),
	KEY access_object (object_type, object_id, at),
	KEY access_stored (stored_at)
) COMMENT 'Evidence: all actions with personal data (152-ФЗ art. 19)';

CREATE TABLE IF NOT EXISTS outbox (
	id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'does not commit in order: never read id > last',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	kind VARCHAR(24) NOT NULL COMMENT 'what changed',
	payload JSON NOT NULL COMMENT 'ids only'
) COMMENT 'Changes on their way from the pages to the plugin (D17)';

CREATE TABLE IF NOT EXISTS node_status (
	node VARCHAR(32) NOT NULL PRIMARY KEY COMMENT 'machine',
	at DATETIME(3) NOT NULL COMMENT 'UTC; older than 15 s: not running',
	body JSON NOT NULL COMMENT 'trunk, calls, queue and media figures'
) COMMENT 'What the plugin says of itself every 5 s';

CREATE TABLE IF NOT EXISTS seal_key (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'named by the signed heads',
	public_key BINARY(32) NOT NULL COMMENT 'Ed25519',
	since DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
		COMMENT 'UTC',
	UNIQUE KEY seal_public (public_key)
) COMMENT 'Public keys of the sealing job; old ones stay for the verifier';

CREATE TABLE IF NOT EXISTS seal (
	number BIGINT UNSIGNED NOT NULL PRIMARY KEY
		COMMENT 'place in the chain, from 1 without gaps',
	source VARCHAR(24) NOT NULL COMMENT 'table of the sealed row',
	object UUID NOT NULL
		COMMENT 'its UUID; all zero where the key is a number',
	part BIGINT UNSIGNED NOT NULL COMMENT 'its seq or numeric id',
	row_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the row''s columns',
	head BINARY(32) NOT NULL
		COMMENT 'SHA-256(previous head, number, row_hash)',
	sealed_at DATETIME(3) NOT NULL COMMENT 'UTC',
	UNIQUE KEY seal_row (source, object, part)
) COMMENT 'Chain over the rows of all evidence tables (D18)';

CREATE TABLE IF NOT EXISTS seal_head (
	number BIGINT UNSIGNED NOT NULL PRIMARY KEY
		COMMENT 'last seal it covers',
	head BINARY(32) NOT NULL COMMENT 'of that seal',
	signed_at DATETIME(3) NOT NULL COMMENT 'UTC',
	key_id INT UNSIGNED NOT NULL COMMENT 'seal_key that signed',
	signature BINARY(64) NOT NULL
		COMMENT 'Ed25519 over number, head and time',
	CONSTRAINT head_key FOREIGN KEY (key_id) REFERENCES seal_key (id)
) COMMENT 'Signed heads of the chain, one a pass that sealed something';
