-- What the name dictionaries of the register search were made from (D13).

CREATE TABLE IF NOT EXISTS register_state (
	id TINYINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'one row',
	version INT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'grows with every change of insured_person',
	loading TINYINT NOT NULL DEFAULT 0 COMMENT '1: rows arrive in several transactions',
	changed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	PRIMARY KEY (id),
	CONSTRAINT register_state_one CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Which state of the register the name dictionaries are of';

INSERT IGNORE INTO register_state (id) VALUES (1);
