//! Core. The table `outbox`. No transaction is held while a mail is sent: a lease keeps other servers from sending the same one.

use sqlx::any::AnyRow;
use sqlx::{Row, query};
use strum::IntoStaticStr;

use crate::auth::AuthError;
use crate::auth::config::{CLOCK_SKEW, seconds};
use crate::auth::letters::Letter;
use crate::database::{Columns, Database, WriteTransaction};

/// What has become of a mail.
#[derive(Clone, Copy, Debug, Eq, IntoStaticStr, PartialEq)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    Waiting,
    Sent,
    /// A mail server will not take it.
    Refused,
    /// It could not be sent in time.
    Late,
    /// It was written to be thrown away.
    Unsent,
}

/// How long a server may take to send one mail, in seconds; then another server may send it again.
pub const LEASE: i64 = 120;

/// A mail that could not be sent is tried again within so many seconds.
pub const WAIT_MAX: i64 = 72 * 60;

/// Mails that are sent, or given up, are listed for a week.
const KEPT: i64 = 7 * 24 * 60 * 60;

/// A mail that this server has a lease of.
#[derive(Debug)]
pub struct Leased {
    pub id: String,
    pub kind: String,
    pub sealed: String,
    /// With this one.
    pub tries: i64,
    pub expires_at: i64,
}

/// A row, without what the mail says. Times are Unix seconds.
#[derive(Debug)]
pub struct Listed {
    pub id: String,
    pub kind: String,
    pub state: String,
    pub created_at: i64,
    pub tries: i64,
    pub last_error: String,
}

/// # Errors
/// The database failed.
pub async fn insert(
    write: &mut WriteTransaction,
    id: &str,
    kind: &str,
    state: State,
    sealed: &str,
    letter: &Letter,
) -> Result<(), AuthError> {
    let state: &str = state.into();
    let insert = query(
        "INSERT INTO outbox (id, kind, state, sealed, created_at, not_before, lease_until, expires_at, tries, last_error) \
         VALUES ($1, $2, $3, $4, $5, $5, 0, $6, 0, '')",
    )
    .bind(id)
    .bind(kind)
    .bind(state)
    .bind(sealed)
    .bind(letter.cause.at)
    .bind(letter.expires_at);
    write.execute(insert).await?;
    Ok(())
}

/// Takes the lease of the mail that waits for longest, and counts a try. Letters of sign-ups come last: anyone can ask for any number
/// of them, and a link that sets a new password ends soon. If a stored time is further in the future than this program ever sets
/// it, a server with a fast clock wrote it: it counts as past.
///
/// # Errors
/// The database failed.
pub async fn lease(database: &Database, now: i64) -> Result<Option<Leased>, AuthError> {
    let lease = query(
        "UPDATE outbox SET lease_until = $1, tries = tries + 1 \
         WHERE id = (SELECT id FROM outbox \
                     WHERE state = 'waiting' AND (lease_until <= $2 OR lease_until > $3) \
                       AND (not_before <= $2 OR not_before > $4 OR (tries = 0 AND not_before > $5)) \
                     ORDER BY CASE WHEN kind IN ('finish_sign_up', 'address_taken', 'address_reserved') THEN 1 ELSE 0 END, \
                              not_before LIMIT 1) \
           AND state = 'waiting' AND (lease_until <= $2 OR lease_until > $3) \
         RETURNING id, kind, sealed, tries, expires_at",
    )
    .bind(now + LEASE)
    .bind(now)
    .bind(now + LEASE + seconds(CLOCK_SKEW))
    .bind(now + WAIT_MAX + seconds(CLOCK_SKEW))
    .bind(now + seconds(CLOCK_SKEW));
    let mut write = database.begin_write().await?;
    let row = write.fetch_optional(lease).await?;
    let leased = row.as_ref().map(leased).transpose()?;
    write.commit().await?;
    Ok(leased)
}

/// It is over: the content is deleted. `error` is the code of an SMTP server, or a kind of error.
///
/// # Errors
/// The database failed.
pub async fn settle(
    database: &Database,
    id: &str,
    state: State,
    error: &str,
) -> Result<(), AuthError> {
    let state: &str = state.into();
    let settle = query("UPDATE outbox SET state = $1, sealed = '', last_error = $2 WHERE id = $3")
        .bind(state)
        .bind(error)
        .bind(id);
    database.write(settle).await?;
    Ok(())
}

/// It is to be tried again, `not_before` then.
///
/// # Errors
/// The database failed.
pub async fn put_off(
    database: &Database,
    id: &str,
    not_before: i64,
    error: &str,
) -> Result<(), AuthError> {
    let put_off = query(
        "UPDATE outbox SET not_before = $1, lease_until = 0, last_error = $2 \
         WHERE id = $3 AND state = 'waiting'",
    )
    .bind(not_before)
    .bind(error)
    .bind(id);
    database.write(put_off).await?;
    Ok(())
}

/// What waits, and then what was sent or given up lately, the newest first; at most `limit`.
///
/// # Errors
/// The database failed.
pub async fn list(database: &Database, limit: i64) -> Result<Vec<Listed>, AuthError> {
    let list = query(
        "SELECT id, kind, state, created_at, tries, last_error FROM outbox \
         WHERE state <> 'unsent' \
         ORDER BY CASE state WHEN 'waiting' THEN 0 ELSE 1 END, created_at DESC, id LIMIT $1",
    )
    .bind(limit);
    let rows = database.fetch_all(list).await?;
    Ok(rows.iter().map(listed).collect::<Result<_, _>>()?)
}

/// How many mails wait for longer than `limit`, in seconds, or were written while a clock was ahead, although no later one was sent: if
/// one was, the mail server works, and refuses this recipient.
///
/// # Errors
/// The database failed.
pub async fn stuck(database: &Database, now: i64, limit: i64) -> Result<i64, AuthError> {
    let count = query(
        "SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND created_at NOT BETWEEN $1 AND $2 \
         AND created_at >= (SELECT COALESCE(MAX(sent.created_at), 0) FROM outbox sent WHERE sent.state = 'sent')",
    )
    .bind(now - limit)
    .bind(now + seconds(CLOCK_SKEW));
    Ok(database.fetch_one(count).await?.try_get(0)?)
}

/// Deletes what was thrown away, and old rows, some at a time.
///
/// # Errors
/// The database failed.
pub async fn sweep(database: &Database, now: i64) -> Result<(), AuthError> {
    let delete = |batch| {
        query(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox \
             WHERE state = 'unsent' OR (state <> 'waiting' AND created_at < $1) LIMIT $2)",
        )
        .bind(now - KEPT)
        .bind(batch)
    };
    Ok(database.delete_in_batches(delete).await?)
}

fn leased(row: &AnyRow) -> Result<Leased, sqlx::Error> {
    let mut columns = Columns::of(row);
    Ok(Leased {
        id: columns.next()?,
        kind: columns.next()?,
        sealed: columns.next()?,
        tries: columns.next()?,
        expires_at: columns.next()?,
    })
}

fn listed(row: &AnyRow) -> Result<Listed, sqlx::Error> {
    let mut columns = Columns::of(row);
    Ok(Listed {
        id: columns.next()?,
        kind: columns.next()?,
        state: columns.next()?,
        created_at: columns.next()?,
        tries: columns.next()?,
        last_error: columns.next()?,
    })
}
