-- «Последние вызовы» asks for the events that name a person, newest first.
ALTER TABLE call_event ADD KEY IF NOT EXISTS event_user (user_id, at);
