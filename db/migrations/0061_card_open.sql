-- Who has a card on his screen: said by his page every few seconds.
CREATE TABLE IF NOT EXISTS card_open (
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'which card',
	user_id INT UNSIGNED NOT NULL COMMENT 'who has it open',
	seen_at DATETIME(3) NOT NULL COMMENT 'his page''s last word, UTC',
	PRIMARY KEY (appeal_id, user_id),
	KEY open_seen (seen_at)
) COMMENT 'Who has a card open; what is old means nothing';
