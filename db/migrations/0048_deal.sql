-- At the opening of a line its «Не распределено» may be dealt out (K-4.0.10).

INSERT IGNORE INTO setting (name, value, about) VALUES
('unassigned.deal_min', '',
	'Через сколько минут после открытия линии «Не распределено» делится поровну между работающими операторами; пусто: не делится');

CREATE TABLE IF NOT EXISTS deal (
	queue_id INT UNSIGNED NOT NULL COMMENT 'whose line opened',
	opened_at DATETIME(3) NOT NULL COMMENT 'UTC; the key makes it happen once an opening',
	dealt_at DATETIME(3) NOT NULL COMMENT 'UTC',
	items SMALLINT UNSIGNED NOT NULL COMMENT 'how many found an operator',
	PRIMARY KEY (queue_id, opened_at),
	CONSTRAINT deal_queue FOREIGN KEY (queue_id) REFERENCES queue (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Openings at which «Не распределено» was dealt out';
