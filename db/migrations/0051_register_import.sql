-- What otklik-registry has read into the register (DOMAIN 5.4).

CREATE TABLE IF NOT EXISTS register_import (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'internal id',
	file VARCHAR(200) NOT NULL COMMENT 'name without directories; each once',
	at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
	added INT UNSIGNED NOT NULL COMMENT 'persons new in the register',
	changed INT UNSIGNED NOT NULL COMMENT 'persons whose record differed',
	same INT UNSIGNED NOT NULL COMMENT 'persons as they were',
	rejected INT UNSIGNED NOT NULL COMMENT 'records that were wrong and left out',
	PRIMARY KEY (id),
	UNIQUE KEY register_import_file (file)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Files read into the register of insured persons';
