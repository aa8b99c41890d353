-- Lines that register (RFC 3261 10): as whom, and for how long at a time. The
-- password stands apart, so that whoever may read the lines cannot read it.
ALTER TABLE trunk
	ADD COLUMN IF NOT EXISTS account VARCHAR(63) NOT NULL DEFAULT ''
		COMMENT 'user name of registration and digest',
	ADD COLUMN IF NOT EXISTS expires_s INT UNSIGNED NOT NULL DEFAULT 600
		COMMENT 'registration asked for, seconds';

CREATE TABLE IF NOT EXISTS trunk_secret (
	trunk_id INT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'which line',
	secret VARCHAR(127) NOT NULL COMMENT 'password of its account',
	CONSTRAINT secret_trunk FOREIGN KEY (trunk_id) REFERENCES trunk (id)
		ON DELETE CASCADE
) COMMENT 'Passwords of lines; only the plugin reads them';
