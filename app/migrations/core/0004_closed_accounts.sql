-- Accounts whose users have asked for the deletion, and may come back for some days.
ALTER TABLE users ADD COLUMN delete_at BIGINT; -- NULL: the account is open

CREATE INDEX users_by_deletion ON users (delete_at) WHERE delete_at IS NOT NULL;
