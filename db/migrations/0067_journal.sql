-- The journal over a million appeals: whose an appeal is without a look into
-- the accounts, names as they are searched, and an index for each filter of
-- K-4.0.7 in the order of the list, so that a page is read and not sorted.

ALTER TABLE appeal
 ADD COLUMN IF NOT EXISTS author_org INT UNSIGNED NULL
  COMMENT 'organization its author was in, where another one considers it',
 ADD COLUMN IF NOT EXISTS assignee_org INT UNSIGNED NULL
  COMMENT 'organization its assignee was in, where another one considers it',
 ADD COLUMN IF NOT EXISTS passed_org INT UNSIGNED
  AS (IF(passed_at IS NULL, NULL, COALESCE(about_insurer_id, insurer_id)))
  STORED COMMENT 'insurer it was passed to («Передано в СМО»)',
 ADD COLUMN IF NOT EXISTS shelf TINYINT UNSIGNED AS (CASE
   WHEN status IN ('IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW') THEN 1
   WHEN status = 'CLOSED' THEN 2 ELSE 0 END) STORED
  COMMENT '1: active, 2: in the archive, 0: draft or deleted',
 ADD COLUMN IF NOT EXISTS returned TINYINT UNSIGNED
  AS (status = 'IN_PROGRESS' AND returns > 0) STORED
  COMMENT '1: sent back, and not yet closed again',
 ADD COLUMN IF NOT EXISTS k_sn VARCHAR(40)
  AS (REPLACE(UPPER(surname), 'Ё', 'Е')) STORED
  COMMENT 'surname folded for the search',
 ADD COLUMN IF NOT EXISTS k_gn VARCHAR(40)
  AS (REPLACE(UPPER(given_name), 'Ё', 'Е')) STORED
  COMMENT 'given name folded for the search';

UPDATE appeal a
 LEFT JOIN user_account w ON w.id = a.author_id
 LEFT JOIN user_account s ON s.id = a.assignee_id
 SET a.author_org = NULLIF(w.organization_id, a.organization_id),
  a.assignee_org = NULLIF(s.organization_id, a.organization_id),
  a.updated_at = a.updated_at;

CREATE OR REPLACE TRIGGER appeal_org_new BEFORE INSERT ON appeal FOR EACH ROW
 SET NEW.author_org = NULLIF((SELECT organization_id FROM user_account
   WHERE id = NEW.author_id), NEW.organization_id),
  NEW.assignee_org = NULLIF((SELECT organization_id FROM user_account
   WHERE id = NEW.assignee_id), NEW.organization_id);

CREATE OR REPLACE TRIGGER appeal_org_changed BEFORE UPDATE ON appeal
 FOR EACH ROW
 SET NEW.author_org = IF(NEW.author_id <=> OLD.author_id
   AND NEW.organization_id <=> OLD.organization_id, OLD.author_org,
   NULLIF((SELECT organization_id FROM user_account
    WHERE id = NEW.author_id), NEW.organization_id)),
  NEW.assignee_org = IF(NEW.assignee_id <=> OLD.assignee_id
   AND NEW.organization_id <=> OLD.organization_id, OLD.assignee_org,
   NULLIF((SELECT organization_id FROM user_account
    WHERE id = NEW.assignee_id), NEW.organization_id));

ALTER TABLE appeal
 ADD INDEX IF NOT EXISTS journal_shelf (shelf, registered_at DESC, id DESC,
  type, form, organization_id, theme_code, due_date, channel),
 ADD INDEX IF NOT EXISTS journal_theme (shelf, theme_code, registered_at DESC,
  id DESC, form, organization_id),
 ADD INDEX IF NOT EXISTS journal_assignee (shelf, assignee_id,
  registered_at DESC, id DESC, type, form, organization_id, theme_code),
 ADD INDEX IF NOT EXISTS journal_mo (shelf, mo_id, registered_at DESC,
  id DESC, type, form, organization_id, theme_code),
 ADD INDEX IF NOT EXISTS journal_insurer (shelf, insurer_id,
  registered_at DESC, id DESC, type, form, organization_id),
 ADD INDEX IF NOT EXISTS journal_type (shelf, type, registered_at DESC,
  id DESC, form, channel, organization_id),
 ADD INDEX IF NOT EXISTS journal_channel (shelf, channel, registered_at DESC,
  id DESC, type, form, organization_id),
 ADD INDEX IF NOT EXISTS journal_org (shelf, organization_id,
  registered_at DESC, id DESC, type, form, theme_code),
 ADD INDEX IF NOT EXISTS journal_author_org (shelf, author_org,
  registered_at DESC, id DESC, type, form, theme_code),
 ADD INDEX IF NOT EXISTS journal_assignee_org (shelf, assignee_org,
  registered_at DESC, id DESC, type, form, theme_code),
 ADD INDEX IF NOT EXISTS journal_passed_org (shelf, passed_org,
  registered_at DESC, id DESC, type, form, theme_code),
 ADD INDEX IF NOT EXISTS journal_returned (returned, registered_at DESC,
  id DESC, organization_id),
 ADD INDEX IF NOT EXISTS journal_due (shelf, due_date),
 ADD INDEX IF NOT EXISTS journal_name (shelf, k_sn, k_gn);

-- The counters of the tabs, as a sum of small changes: whoever changes an
-- appeal adds rows and waits for nobody; otklik-jobs folds the old ones.
CREATE TABLE IF NOT EXISTS journal_sum (
 id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY
  COMMENT 'internal id; does not commit in order',
 organization_id INT UNSIGNED NOT NULL COMMENT 'who sees them; 0: all there are',
 kind ENUM('DEFERRED', 'RETURNED', 'DUE') NOT NULL
  COMMENT 'of a tab; DUE: active, with a term',
 due_date DATE NULL COMMENT 'the term of DUE',
 n INT NOT NULL COMMENT 'so many more, or less',
 at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'UTC',
 KEY sum_of (organization_id, kind, due_date, n))
 COMMENT 'How many appeals the tabs of the journal have: sums of n';

CREATE OR REPLACE PROCEDURE journal_count(sign INT, state VARCHAR(16),
  returned INT, due DATE, org INT UNSIGNED, author INT UNSIGNED,
  assignee INT UNSIGNED, passed INT UNSIGNED, about INT UNSIGNED)
 COMMENT 'One appeal more, or less, in the sums; its own insurer does not see it'
 INSERT INTO journal_sum (organization_id, kind, due_date, n)
  SELECT o.id, k.kind, IF(k.kind = 'DUE', due, NULL), sign
  FROM (SELECT 0 AS id UNION SELECT org UNION SELECT author
   UNION SELECT assignee UNION SELECT passed) o
  JOIN (SELECT 'DUE' AS kind FROM DUAL WHERE due IS NOT NULL
   UNION ALL SELECT 'DEFERRED' FROM DUAL WHERE state = 'DEFERRED'
   UNION ALL SELECT 'RETURNED' FROM DUAL
    WHERE state = 'IN_PROGRESS' AND returned > 0) k
  WHERE o.id <> COALESCE(IF(o.id IN (0, passed), NULL, about), -1);

CREATE OR REPLACE TRIGGER appeal_sum_new AFTER INSERT ON appeal FOR EACH ROW
 IF NEW.shelf = 1 THEN
  CALL journal_count(1, NEW.status, NEW.returns, NEW.due_date,
   NEW.organization_id, NEW.author_org, NEW.assignee_org,
   NEW.passed_org, NEW.about_insurer_id);
 END IF;

CREATE OR REPLACE TRIGGER appeal_sum_changed AFTER UPDATE ON appeal
 FOR EACH ROW
 IF NOT (NEW.status <=> OLD.status AND NEW.due_date <=> OLD.due_date
   AND NEW.returns <=> OLD.returns
   AND NEW.organization_id <=> OLD.organization_id
   AND NEW.author_org <=> OLD.author_org
   AND NEW.assignee_org <=> OLD.assignee_org
   AND NEW.passed_org <=> OLD.passed_org
   AND NEW.about_insurer_id <=> OLD.about_insurer_id) THEN
  IF OLD.shelf = 1 THEN
   CALL journal_count(-1, OLD.status, OLD.returns, OLD.due_date,
    OLD.organization_id, OLD.author_org, OLD.assignee_org,
    OLD.passed_org, OLD.about_insurer_id);
  END IF;
  IF NEW.shelf = 1 THEN
   CALL journal_count(1, NEW.status, NEW.returns, NEW.due_date,
    NEW.organization_id, NEW.author_org, NEW.assignee_org,
    NEW.passed_org, NEW.about_insurer_id);
  END IF;
 END IF;

CREATE OR REPLACE TRIGGER appeal_sum_gone AFTER DELETE ON appeal FOR EACH ROW
 IF OLD.shelf = 1 THEN
  CALL journal_count(-1, OLD.status, OLD.returns, OLD.due_date,
   OLD.organization_id, OLD.author_org, OLD.assignee_org,
   OLD.passed_org, OLD.about_insurer_id);
 END IF;

DELETE FROM journal_sum;

INSERT INTO journal_sum (organization_id, kind, due_date, n)
 SELECT o.id, k.kind, IF(k.kind = 'DUE', a.due_date, NULL), COUNT(*)
 FROM appeal a JOIN (SELECT 0 AS id UNION SELECT id FROM organization) o
  ON o.id IN (0, a.organization_id, a.author_org, a.assignee_org,
   a.passed_org)
  AND o.id <> COALESCE(IF(o.id = 0 OR a.passed_org IS NOT NULL, NULL,
   a.about_insurer_id), -1)
 JOIN (SELECT 'DUE' AS kind UNION SELECT 'DEFERRED' UNION SELECT 'RETURNED') k
  ON CASE k.kind WHEN 'DUE' THEN a.due_date IS NOT NULL
   WHEN 'DEFERRED' THEN a.status = 'DEFERRED'
   ELSE a.status = 'IN_PROGRESS' AND a.returns > 0 END
 WHERE a.shelf = 1 GROUP BY 1, 2, 3;
