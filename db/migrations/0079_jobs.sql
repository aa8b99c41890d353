-- What fails in otklik-jobs is seen, and an old draft goes with its files.
CREATE TABLE IF NOT EXISTS job_failure (
 work VARCHAR(24) NOT NULL PRIMARY KEY COMMENT 'as in the log of otklik-jobs',
 error VARCHAR(120) NOT NULL COMMENT 'why it failed the last time',
 since DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC')
 COMMENT 'Works of otklik-jobs that fail now';

-- Files of a registered appeal stay, whoever may delete those of an old draft.
CREATE OR REPLACE TRIGGER attachment_kept BEFORE DELETE ON attachment
 FOR EACH ROW
 IF EXISTS (SELECT 1 FROM appeal WHERE id = OLD.appeal_id
  AND registered_at IS NOT NULL) THEN
  SIGNAL SQLSTATE '45000'
   SET MESSAGE_TEXT = 'files of a registered appeal are kept';
 END IF;
