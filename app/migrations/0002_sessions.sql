CREATE TABLE sessions (
    id               TEXT   PRIMARY KEY NOT NULL, -- SHA-256 of the token in the cookie
    user_id          TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at       BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    seen_at          BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    remembered       BIGINT NOT NULL,             -- 0 or 1
    user_agent       TEXT   NOT NULL,
    address          TEXT   NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
