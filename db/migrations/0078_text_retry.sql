-- A run of 47 Latin letters or digits is one stem (STEM_SIZE): a number of a
-- payment, an identifier. And a description that cannot be put into the index
-- holds up no other.
ALTER TABLE appeal_stem
 MODIFY stem VARCHAR(47) NOT NULL COMMENT 'of a word, small letters, Е for Ё';

ALTER TABLE text_todo
 ADD COLUMN IF NOT EXISTS retry_at DATETIME(3) NULL
  COMMENT 'could not be put in: not again before, UTC';
