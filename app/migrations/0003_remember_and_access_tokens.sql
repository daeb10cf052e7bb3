ALTER TABLE users ADD COLUMN is_active BIGINT NOT NULL DEFAULT 1; -- 0 or 1

-- A family: everything that came of one remembered log in on one device.
CREATE TABLE remembered (
    id         TEXT   PRIMARY KEY NOT NULL, -- SHA-256 of the family's token in the cookie
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    confirmed  BIGINT NOT NULL,             -- 0 or 1
    rotated_at BIGINT NOT NULL,
    lasts      BIGINT NOT NULL,             -- seconds
    expires_at BIGINT NOT NULL
);

CREATE INDEX remembered_by_user ON remembered (user_id);
CREATE INDEX remembered_by_expiry ON remembered (expires_at);

-- Sessions of before have no family: they end as they would have.
ALTER TABLE sessions DROP COLUMN remembered;
ALTER TABLE sessions ADD COLUMN remember_id TEXT REFERENCES remembered (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD COLUMN forced BIGINT NOT NULL DEFAULT 0; -- 0 or 1

CREATE INDEX sessions_by_family ON sessions (remember_id);

CREATE TABLE access_tokens (
    id           TEXT   PRIMARY KEY NOT NULL,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL UNIQUE, -- SHA-256
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at   BIGINT NOT NULL
);

CREATE INDEX access_tokens_by_user ON access_tokens (user_id);
