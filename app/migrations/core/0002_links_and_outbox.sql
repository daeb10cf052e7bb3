-- One-time links in mails, and the mails that wait to be sent.

CREATE TABLE links (
    id               TEXT   PRIMARY KEY NOT NULL, -- SHA-256 of the link's token
    purpose          TEXT   NOT NULL,             -- what it may be used for
    user_id          TEXT   REFERENCES users (id) ON DELETE CASCADE, -- NULL: the address has no account
    address          TEXT   NOT NULL,             -- where it was sent, sealed
    email_key        TEXT   NOT NULL,             -- the account's address then, hashed: another one ends the link
    password_version BIGINT NOT NULL,             -- the account's then: a new password ends the link
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);

CREATE INDEX links_by_user ON links (user_id);
CREATE INDEX links_by_expiry ON links (expires_at);

CREATE TABLE outbox (
    id          TEXT   PRIMARY KEY NOT NULL, -- also in the mail's Message-ID
    kind        TEXT   NOT NULL,
    state       TEXT   NOT NULL,             -- waiting, sent, refused, late, unsent
    sealed      TEXT   NOT NULL,             -- recipient and mail; empty unless it waits
    created_at  BIGINT NOT NULL,
    not_before  BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,             -- a server is sending it
    expires_at  BIGINT NOT NULL,             -- of no use after this
    tries       BIGINT NOT NULL,
    last_error  TEXT   NOT NULL              -- the SMTP server's code, or the kind of error; never an address
);

CREATE INDEX outbox_by_state ON outbox (state, not_before);
