-- What was tried, and how often: on an account, from an address. Kept here so that it counts on every server and
-- survives a restart.
CREATE TABLE attempts (
    key      TEXT   PRIMARY KEY NOT NULL,
    count    BIGINT NOT NULL,
    since    BIGINT NOT NULL, -- the first of these
    last_at  BIGINT NOT NULL
);

CREATE INDEX attempts_by_time ON attempts (last_at);
