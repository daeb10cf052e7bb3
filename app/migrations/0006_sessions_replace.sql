-- The session that was confirmed with the password and became this one: a log out that left before it ends both.
ALTER TABLE sessions ADD COLUMN replaces TEXT;

CREATE INDEX sessions_by_replaced ON sessions (replaces);
