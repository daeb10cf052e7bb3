-- Ids are random and made by the app, so that none is ever used twice and both engines agree on them.
CREATE TABLE users (
    id            TEXT   PRIMARY KEY NOT NULL,
    email         TEXT   NOT NULL,        -- as it was typed
    email_key     TEXT   NOT NULL UNIQUE, -- as it is compared
    name          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,        -- PHC string
    created_at    BIGINT NOT NULL         -- times are Unix seconds
);
