-- Rules of distribution, queue by queue (K-2.0.4). Everything that changes the
-- order of callers is off until an administrator turns it on (K-2.0.3).

ALTER TABLE queue MODIFY strategy ENUM('longest_idle','round_robin',
	'organization','priority','fewest_calls','fixed_priority',
	'by_organization','skills','ring_all')
	NOT NULL DEFAULT 'longest_idle' COMMENT 'K-2.0.4';

UPDATE queue SET strategy = 'by_organization' WHERE strategy = 'organization';
UPDATE queue SET strategy = 'fixed_priority' WHERE strategy = 'priority';

ALTER TABLE queue MODIFY strategy ENUM('longest_idle','round_robin',
	'fewest_calls','fixed_priority','by_organization','skills','ring_all')
	NOT NULL DEFAULT 'longest_idle'
	COMMENT 'who of the free operators is offered the call, K-2.0.4';

CREATE TABLE IF NOT EXISTS skill (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
		COMMENT 'internal id',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	UNIQUE KEY skill_name (name)
) COMMENT 'What operators may be good at';

CREATE TABLE IF NOT EXISTS user_skill (
	user_id INT UNSIGNED NOT NULL COMMENT 'whose',
	skill_id INT UNSIGNED NOT NULL COMMENT 'which',
	level TINYINT UNSIGNED NOT NULL DEFAULT 1
		COMMENT '1 beginner; more is better',
	PRIMARY KEY (user_id, skill_id),
	CONSTRAINT user_skill_user FOREIGN KEY (user_id)
		REFERENCES user_account (id) ON DELETE CASCADE,
	CONSTRAINT user_skill_skill FOREIGN KEY (skill_id)
		REFERENCES skill (id) ON DELETE CASCADE
) COMMENT 'Skills of operators';

CREATE TABLE IF NOT EXISTS caller_organization (
	number VARCHAR(20) NOT NULL PRIMARY KEY
		COMMENT 'caller''s number, E.164',
	organization_id INT UNSIGNED NOT NULL COMMENT 'whose it is',
	CONSTRAINT caller_organization_organization FOREIGN KEY
		(organization_id) REFERENCES organization (id)
) COMMENT 'Numbers of callers known to be an organization''s, besides
 organization.phones';

ALTER TABLE queue
	ADD COLUMN IF NOT EXISTS priority_s SMALLINT UNSIGNED NOT NULL
		DEFAULT 0 COMMENT 'head start of its callers against those of
 other queues, s; 0: off',
	ADD COLUMN IF NOT EXISTS sticky_min SMALLINT UNSIGNED NOT NULL
		DEFAULT 0 COMMENT 'a repeated caller rings first at the operator
 he talked to within so many minutes; 0: off',
	ADD COLUMN IF NOT EXISTS keep_min SMALLINT UNSIGNED NOT NULL
		DEFAULT 0 COMMENT 'who hung up waiting and calls again within so
 many minutes has his place again (mobile numbers only); 0: off',
	ADD COLUMN IF NOT EXISTS tell_wait TINYINT NOT NULL DEFAULT 1
		COMMENT '1: the estimated wait is told with the position',
	ADD COLUMN IF NOT EXISTS late_action ENUM('end','queue','voice')
		NOT NULL DEFAULT 'voice' COMMENT 'at the maximum wait, or when
 he must leave: a prompt and the end, late_queue_id, a voice message',
	ADD COLUMN IF NOT EXISTS late_queue_id INT UNSIGNED NULL
		COMMENT 'of late_action queue',
	ADD COLUMN IF NOT EXISTS full_action ENUM('end','queue','voice')
		NOT NULL DEFAULT 'end' COMMENT 'longer than max_len, or may not
 join: busy before the greeting, full_queue_id, a voice message',
	ADD COLUMN IF NOT EXISTS full_queue_id INT UNSIGNED NULL
		COMMENT 'of full_action queue',
	ADD COLUMN IF NOT EXISTS join_empty SET('paused','penalty','in_use',
		'ringing','unavailable','invalid','unknown','wrapup')
		NOT NULL DEFAULT '' COMMENT 'nobody may join while every
 operator is under one of these; none: off',
	ADD COLUMN IF NOT EXISTS leave_empty SET('paused','penalty','in_use',
		'ringing','unavailable','invalid','unknown','wrapup')
		NOT NULL DEFAULT '' COMMENT 'everybody must leave while every
 operator is under one of these; none: off',
	ADD COLUMN IF NOT EXISTS skill_id INT UNSIGNED NULL
		COMMENT 'of the strategy skills',
	ADD COLUMN IF NOT EXISTS skill_level TINYINT UNSIGNED NOT NULL
		DEFAULT 1 COMMENT 'level asked for at first',
	ADD COLUMN IF NOT EXISTS skill_least TINYINT UNSIGNED NOT NULL
		DEFAULT 1 COMMENT 'never less than this',
	ADD COLUMN IF NOT EXISTS skill_relax_s SMALLINT UNSIGNED NOT NULL
		DEFAULT 0 COMMENT 'one level less after each so many seconds;
 0: never',
	ADD CONSTRAINT queue_late FOREIGN KEY IF NOT EXISTS (late_queue_id)
		REFERENCES queue (id),
	ADD CONSTRAINT queue_full FOREIGN KEY IF NOT EXISTS (full_queue_id)
		REFERENCES queue (id),
	ADD CONSTRAINT queue_skill FOREIGN KEY IF NOT EXISTS (skill_id)
		REFERENCES skill (id);

ALTER TABLE inbound_route
	ADD COLUMN IF NOT EXISTS priority_s SMALLINT UNSIGNED NOT NULL
		DEFAULT 0 COMMENT 'head start of who calls this number, within
 the queue, s; 0: off',
	ADD COLUMN IF NOT EXISTS organization_id INT UNSIGNED NULL
		COMMENT 'whose callers ring here; NULL: not said',
	ADD CONSTRAINT route_organization FOREIGN KEY IF NOT EXISTS
		(organization_id) REFERENCES organization (id);
