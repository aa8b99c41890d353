-- «Показатели» ask for what was closed, and put off, within a period.
ALTER TABLE appeal ADD KEY IF NOT EXISTS appeal_closed (closed_at);
ALTER TABLE appeal_history ADD KEY IF NOT EXISTS history_at (at);
