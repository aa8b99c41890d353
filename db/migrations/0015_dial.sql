-- Where a number may be dialled (D19). What no rule allows is refused.

CREATE TABLE IF NOT EXISTS dial_rule (
	id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'internal id',
	position SMALLINT UNSIGNED NOT NULL DEFAULT 0
		COMMENT 'smaller is tried first; the first that fits decides',
	name VARCHAR(80) NOT NULL COMMENT 'as shown',
	pattern VARCHAR(40) NOT NULL
		COMMENT 'of +7…, foreign +… or a short number: X a digit, [..] one of, closing * any rest',
	allow TINYINT NOT NULL DEFAULT 0 COMMENT '1: may be dialled, 0: refused',
	roles VARCHAR(200) NOT NULL DEFAULT ''
		COMMENT 'roles it is for, comma between; empty: all with a telephone',
	trunk_id INT UNSIGNED NULL COMMENT 'line; NULL: by priority',
	form ENUM('E164', 'NATIONAL', 'PLAIN') NOT NULL DEFAULT 'E164'
		COMMENT 'a Russian number for the line: +7…, 8…, 7…',
	presented VARCHAR(20) NOT NULL DEFAULT ''
		COMMENT 'our number shown to the called; empty: that of the line',
	PRIMARY KEY (id),
	CONSTRAINT dial_trunk FOREIGN KEY (trunk_id) REFERENCES trunk (id)
) COMMENT 'Dial plan: which numbers operators may call, and how';

INSERT IGNORE INTO dial_rule (id, position, name, pattern, allow) VALUES
(1, 10, 'Бесплатные номера 8-800', '+7800XXXXXXX', 1),
(2, 20, 'Платные и служебные коды 80X', '+780*', 0),
(3, 30, 'Городские номера России', '+7[348]XXXXXXXXX', 1),
(4, 40, 'Мобильные номера России', '+79XXXXXXXXX', 1);

INSERT IGNORE INTO setting (name, value, about) VALUES
('dial.ring_s', '60', 'Исходящий вызов: ожидание ответа, с'),
('dial.user_calls', '3', 'Исходящих вызовов сотрудника одновременно'),
('dial.user_hour', '60', 'Исходящих вызовов сотрудника за час'),
('dial.trunk_calls', '30', 'Исходящих вызовов линии одновременно'),
('dial.trunk_hour', '600', 'Исходящих вызовов линии за час');
