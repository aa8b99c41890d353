-- Descriptions found by the stems of their words, newest first. What is new or
-- changed is noted by the triggers and put into the index by otklik-jobs.

CREATE TABLE IF NOT EXISTS appeal_stem (
 stem VARCHAR(24) NOT NULL COMMENT 'of a word, small letters, Е for Ё',
 registered_at DATETIME(3) NOT NULL COMMENT 'of the appeal, UTC',
 appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'whose description has the word',
 PRIMARY KEY (stem, registered_at DESC, appeal_id DESC))
 COMMENT 'Which descriptions have a word, in the order of the journal';

CREATE TABLE IF NOT EXISTS appeal_text (
 appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'which appeal',
 registered_at DATETIME(3) NOT NULL COMMENT 'as it stands in appeal_stem',
 stems TEXT NOT NULL COMMENT 'those in appeal_stem, a space between')
 COMMENT 'What the index of descriptions holds of an appeal';

CREATE TABLE IF NOT EXISTS text_todo (
 appeal_id BIGINT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'which appeal')
 COMMENT 'Appeals whose description otklik-jobs has to put into the index';

CREATE OR REPLACE TRIGGER appeal_text_new AFTER INSERT ON appeal
 FOR EACH ROW
 INSERT IGNORE INTO text_todo (appeal_id) SELECT NEW.id FROM DUAL
  WHERE NEW.registered_at IS NOT NULL AND NEW.description <> '';

CREATE OR REPLACE TRIGGER appeal_text_changed AFTER UPDATE ON appeal
 FOR EACH ROW
 INSERT IGNORE INTO text_todo (appeal_id) SELECT NEW.id FROM DUAL
  WHERE NEW.registered_at IS NOT NULL
  AND NOT (NEW.registered_at <=> OLD.registered_at
   AND NEW.description <=> OLD.description);

INSERT IGNORE INTO text_todo (appeal_id) SELECT id FROM appeal
 WHERE registered_at IS NOT NULL AND description <> '';
