-- As it was before 0068_search_state.sql, wherever that was broken off.
ALTER TABLE theme DROP KEY IF EXISTS theme_crc, DROP COLUMN IF EXISTS row_crc;
ALTER TABLE scenario
 DROP KEY IF EXISTS scenario_crc,
 DROP COLUMN IF EXISTS row_crc;
ALTER TABLE appeal DROP FOREIGN KEY IF EXISTS appeal_scenario;
ALTER TABLE appeal
 DROP KEY IF EXISTS appeal_scenario,
 DROP COLUMN IF EXISTS scenario_id,
 ADD COLUMN IF NOT EXISTS scenario_code VARCHAR(16) NULL COMMENT 'goes',
 ADD COLUMN IF NOT EXISTS scenario_version INT NULL COMMENT 'goes';
