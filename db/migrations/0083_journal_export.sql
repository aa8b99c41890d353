-- The journal as a file: how much of it at once.

INSERT INTO setting (name, value, kind, least, most, unit, initial, about,
	effect) VALUES
('journal.export_max', '50000', 'NUMBER', 100, 1000000, 'строк', '50000',
	'Строк журнала в одной выгрузке',
	'Больше — отказ с просьбой уточнить фильтр; для следующей выгрузки')
ON DUPLICATE KEY UPDATE kind = VALUES(kind);
