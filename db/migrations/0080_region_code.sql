-- A code has its noughts: the region 5 is 05 in registration numbers.
ALTER TABLE setting MODIFY kind
	ENUM('NUMBER','FLAG','PHONE','ZONE','TEXT','CODE') NOT NULL
	DEFAULT 'TEXT'
	COMMENT 'which values are allowed; CODE: a number with its noughts';
UPDATE setting SET kind = 'CODE', value = LPAD(value, 2, '0')
	WHERE name = 'region.code';
