-- What stays with an appeal: the organizations its author and its assignee were
-- in when it came to them, wherever they go afterwards (a draft is nobody's but
-- its author's: it comes along), and what somebody has typed and not saved.
CREATE OR REPLACE TRIGGER appeal_org_changed BEFORE UPDATE ON appeal
 FOR EACH ROW
 SET NEW.author_org = NULLIF(IF(NEW.author_id = OLD.author_id
   AND OLD.status <> 'DRAFT', COALESCE(OLD.author_org, OLD.organization_id),
   (SELECT organization_id FROM user_account WHERE id = NEW.author_id)),
   NEW.organization_id),
  NEW.assignee_org = NULLIF(IF(NEW.assignee_id = OLD.assignee_id
   AND OLD.status <> 'DRAFT', COALESCE(OLD.assignee_org, OLD.organization_id),
   (SELECT organization_id FROM user_account WHERE id = NEW.assignee_id)),
   NEW.organization_id);

CREATE TABLE IF NOT EXISTS appeal_edit (
	appeal_id BIGINT UNSIGNED NOT NULL COMMENT 'registered, open in his browser',
	user_id INT UNSIGNED NOT NULL COMMENT 'who types',
	version INT UNSIGNED NOT NULL COMMENT 'of the appeal, which he typed over',
	fields MEDIUMTEXT NOT NULL COMMENT 'the form as it stands: a JSON object',
	at DATETIME(3) NOT NULL COMMENT 'last key that came here, UTC',
	PRIMARY KEY (appeal_id, user_id),
	KEY edit_at (at),
	CONSTRAINT edit_of FOREIGN KEY (appeal_id) REFERENCES appeal (id)
		ON DELETE CASCADE,
	CONSTRAINT edit_user FOREIGN KEY (user_id) REFERENCES user_account (id)
		ON DELETE CASCADE
) COMMENT 'Edits of registered appeals that nobody has saved yet';
