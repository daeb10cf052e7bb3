-- A remembered device is shown to its user, also while it has no session.
ALTER TABLE remembered ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE remembered ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE remembered ADD COLUMN address TEXT NOT NULL DEFAULT '';

CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);
