-- What has happened to an account, for its user.

CREATE TABLE history (
    id         TEXT   PRIMARY KEY NOT NULL,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    user_agent TEXT   NOT NULL,
    address    TEXT   NOT NULL
);

CREATE INDEX history_by_user ON history (user_id, at);
CREATE INDEX history_by_time ON history (at);
