-- What its user knows a log in by, and ends it by: the id that it began under, whatever it has become since.
ALTER TABLE sessions ADD COLUMN log_in_id TEXT NOT NULL DEFAULT '';
UPDATE sessions SET log_in_id = COALESCE(replaces, id);

CREATE INDEX sessions_by_log_in ON sessions (log_in_id);
