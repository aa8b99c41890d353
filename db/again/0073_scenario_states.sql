-- As it was before 0073_scenario_states.sql, wherever that was broken off.
DROP TRIGGER IF EXISTS scenario_kept;
ALTER TABLE scenario DROP FOREIGN KEY IF EXISTS scenario_author;
ALTER TABLE scenario
 DROP KEY IF EXISTS scenario_author,
 DROP KEY IF EXISTS scenario_crc,
 DROP COLUMN IF EXISTS row_crc,
 DROP COLUMN IF EXISTS author_id,
 DROP COLUMN IF EXISTS created_at,
 DROP COLUMN IF EXISTS proposal,
 DROP COLUMN IF EXISTS edit,
 DROP COLUMN IF EXISTS valid_from,
 DROP COLUMN IF EXISTS refused_by,
 DROP COLUMN IF EXISTS refused_at,
 DROP COLUMN IF EXISTS refused_why,
 DROP COLUMN IF EXISTS withdrawn_by,
 DROP COLUMN IF EXISTS withdrawn_at;
ALTER TABLE scenario
 ADD COLUMN row_crc INT UNSIGNED NULL COMMENT 'goes',
 ADD KEY scenario_crc (row_crc);
