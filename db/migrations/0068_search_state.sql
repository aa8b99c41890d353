-- What a search looks at before it trusts its memory: a number for each row,
-- kept by the database, so that no text is read to learn that none changed.
ALTER TABLE theme
  ADD COLUMN row_crc int unsigned GENERATED ALWAYS AS
    (CRC32(CONCAT_WS('|', code, type, name, keywords, mo_required,
     COALESCE(due_days, ''), COALESCE(valid_from, ''),
     COALESCE(valid_to, '')))) STORED
    COMMENT 'changes with whatever a search shows of the row',
  ADD KEY theme_crc (row_crc);
ALTER TABLE scenario
  ADD COLUMN row_crc int unsigned GENERATED ALWAYS AS
    (CRC32(CONCAT_WS('|', code, version, theme_code, title, keywords, text,
     approved_at IS NULL, COALESCE(valid_to, '')))) STORED
    COMMENT 'changes with whatever a search shows of the row',
  ADD KEY scenario_crc (row_crc);

-- Which version of which answer was used is one thing.
ALTER TABLE appeal
  DROP COLUMN scenario_code,
  DROP COLUMN scenario_version,
  ADD COLUMN scenario_id int unsigned NULL
    COMMENT 'version of the answer that was used' AFTER due_date,
  ADD CONSTRAINT appeal_scenario FOREIGN KEY (scenario_id)
    REFERENCES scenario (id);
