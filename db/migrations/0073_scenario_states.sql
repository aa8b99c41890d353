-- Drafts and proposals of answers, and from when to when an approved version
-- is in force (K-5.1.5.5).
ALTER TABLE scenario
  DROP KEY scenario_crc,
  DROP COLUMN row_crc;
ALTER TABLE scenario
  ADD COLUMN author_id int unsigned NULL
    COMMENT 'who wrote it; NULL: delivered' AFTER text,
  ADD COLUMN created_at datetime(3) NULL COMMENT 'UTC' AFTER author_id,
  ADD COLUMN proposal tinyint NOT NULL DEFAULT 0
    COMMENT '1: of a role that may propose only' AFTER created_at,
  ADD COLUMN edit int unsigned NOT NULL DEFAULT 1
    COMMENT 'each save adds one (D14)' AFTER proposal,
  ADD COLUMN valid_from date NULL
    COMMENT 'first day; NULL: since it was approved' AFTER approved_at,
  ADD COLUMN refused_by varchar(120) NULL COMMENT 'who' AFTER valid_to,
  ADD COLUMN refused_at datetime(3) NULL COMMENT 'UTC' AFTER refused_by,
  ADD COLUMN refused_why varchar(600) NULL
    COMMENT 'for its author' AFTER refused_at,
  ADD COLUMN withdrawn_by varchar(120) NULL COMMENT 'who' AFTER refused_why,
  ADD COLUMN withdrawn_at datetime(3) NULL COMMENT 'UTC' AFTER withdrawn_by,
  ADD CONSTRAINT scenario_author FOREIGN KEY (author_id)
    REFERENCES user_account (id),
  ADD COLUMN row_crc int unsigned GENERATED ALWAYS AS
    (IF(approved_at IS NULL, 0, CRC32(CONCAT_WS('|', code, version, theme_code,
     title, keywords, text, COALESCE(valid_from, ''),
     COALESCE(valid_to, ''))))) STORED
    COMMENT 'changes with whatever a search shows of the row',
  ADD KEY scenario_crc (row_crc);

-- What was approved is what was read to citizens: another text is another
-- version, whoever writes it.
CREATE TRIGGER scenario_kept BEFORE UPDATE ON scenario FOR EACH ROW
 IF OLD.approved_at IS NOT NULL AND
  NOT (NEW.code <=> OLD.code AND NEW.version <=> OLD.version AND
  NEW.theme_code <=> OLD.theme_code AND NEW.title <=> OLD.title AND
  NEW.keywords <=> OLD.keywords AND NEW.text <=> OLD.text) THEN
  SIGNAL SQLSTATE '45000'
   SET MESSAGE_TEXT = 'an approved version is never changed';
 END IF;
