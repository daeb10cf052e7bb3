-- The core's tables. Ids are random and made by the program, so that none is ever reused. Times are Unix seconds, truth
-- values 0 or 1. Columns of the app's own are added to `users` by the app's migrations.

CREATE TABLE users (
    id               TEXT   PRIMARY KEY NOT NULL,
    email            TEXT   NOT NULL,           -- as it was typed
    email_key        TEXT   NOT NULL UNIQUE,    -- as it is compared
    password_hash    TEXT   NOT NULL,           -- PHC string
    password_version BIGINT NOT NULL DEFAULT 0, -- incremented by a new password and by deactivation (compare-and-swap)
    is_active        BIGINT NOT NULL DEFAULT 1,
    created_at       BIGINT NOT NULL
);

-- A token family: all sessions that came of one remembered login on one device.
CREATE TABLE remembered (
    id         TEXT   PRIMARY KEY NOT NULL, -- SHA-256 of the family's token in the cookie
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    confirmed  BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    duration   BIGINT NOT NULL,             -- seconds
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    user_agent TEXT   NOT NULL,
    address    TEXT   NOT NULL
);

CREATE INDEX remembered_by_user ON remembered (user_id);
CREATE INDEX remembered_by_expiry ON remembered (expires_at);

CREATE TABLE sessions (
    id               TEXT   PRIMARY KEY NOT NULL, -- SHA-256 of the token in the cookie
    login_id         TEXT   NOT NULL,             -- the id that the login began with: what its user ends it by
    user_id          TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    remember_id      TEXT   REFERENCES remembered (id) ON DELETE CASCADE,
    replaces         TEXT,                        -- the session that became this one when the password was confirmed
    created_at       BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,             -- 0: not fresh
    seen_at          BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    forced           BIGINT NOT NULL,             -- begun for an inactive user on purpose
    user_agent       TEXT   NOT NULL,
    address          TEXT   NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_family ON sessions (remember_id);
CREATE INDEX sessions_by_replaced ON sessions (replaces);
CREATE INDEX sessions_by_login ON sessions (login_id);

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
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

-- The rate limits: attempts on an account, from a device, from an address. In the database, so that they hold across
-- servers and restarts.
CREATE TABLE attempts (
    key     TEXT   PRIMARY KEY NOT NULL,
    count   BIGINT NOT NULL,
    since   BIGINT NOT NULL, -- the first of these
    last_at BIGINT NOT NULL
);

CREATE INDEX attempts_by_time ON attempts (last_at);

-- What was typed into a form and is too long for a cookie, until the form is shown again.
CREATE TABLE form_values (
    id         TEXT   PRIMARY KEY NOT NULL,
    network    TEXT   NOT NULL, -- of the client
    fields     TEXT   NOT NULL, -- JSON
    expires_at BIGINT NOT NULL
);

CREATE INDEX form_values_by_network ON form_values (network);
CREATE INDEX form_values_by_expiry ON form_values (expires_at);

-- Background jobs: when each may run next, on whichever server claims it first.
CREATE TABLE jobs (
    name   TEXT   PRIMARY KEY NOT NULL,
    due_at BIGINT NOT NULL
);
