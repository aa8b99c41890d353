-- The archive's own filters: by result in the order of the list, by the day it
-- was closed.
ALTER TABLE appeal
	ADD INDEX IF NOT EXISTS journal_result (shelf, result_code,
		registered_at DESC, id DESC, type, form, organization_id),
	ADD INDEX IF NOT EXISTS journal_closed (shelf, closed_at);
