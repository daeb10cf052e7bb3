-- How often the password was changed: a log in that was under way meanwhile is found out by it.
ALTER TABLE users ADD COLUMN password_version BIGINT NOT NULL DEFAULT 0;
