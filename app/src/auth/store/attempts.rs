//! Core. The table `attempts`: how many attempts were made, by key.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::Store;
use crate::auth::error::AuthError;
use crate::auth::session::hashed;
use crate::database::WriteTransaction;

/// Earlier attempts under a key. Times are Unix seconds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Attempts {
    pub count: i64,
    pub since: i64,
    pub last_at: i64,
}

/// The keys under which attempts are counted. Typed text is only stored as a hash, because users type passwords into the wrong
/// field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Key {
    /// All attempts from a network, per minute.
    Address(String),
    /// Confirmations by one user, per minute.
    User(String),
    /// Attempts on an account by unknown browsers, by the hash of the address.
    Account(String),
    /// Attempts by a browser that has logged in to the account before.
    Device(String),
    /// Confirmations of a user's password.
    Confirm(String),
}

/// `LIKE` patterns of the keys in the database.
pub(super) const ADDRESS_KEYS: &str = "address:%";
pub(super) const USER_KEYS: &str = "user:%";
pub(super) const DEVICE_KEYS: &str = "device:%";

impl Key {
    pub fn account(email_key: &str) -> Self {
        Self::Account(hashed(email_key))
    }

    /// True for a limit per minute on all attempts, false for a wait that doubles with each wrong password.
    pub const fn is_per_minute(&self) -> bool {
        matches!(self, Self::Address(_) | Self::User(_))
    }

    pub(in crate::auth) fn text(&self) -> String {
        match self {
            Self::Address(network) => format!("address:{network}"),
            Self::User(id) => format!("user:{id}"),
            Self::Account(hash) => format!("account:{hash}"),
            Self::Device(id) => format!("device:{id}"),
            Self::Confirm(id) => format!("confirm:{id}"),
        }
    }
}

/// Statements for one key and for two. `LOCK` inserts missing rows and locks all of them before they are read, so that
/// concurrent attempts are all counted, on every engine.
const READ: [&str; 2] = [
    "SELECT key, count, since, last_at FROM attempts WHERE key = $1",
    "SELECT key, count, since, last_at FROM attempts WHERE key = $1 OR key = $2",
];
const LOCK: [&str; 2] = [
    "INSERT INTO attempts (key, count, since, last_at) VALUES ($2, 0, $1, 0) \
     ON CONFLICT (key) DO UPDATE SET count = attempts.count RETURNING key, count, since, last_at",
    "INSERT INTO attempts (key, count, since, last_at) VALUES ($2, 0, $1, 0), ($3, 0, $1, 0) \
     ON CONFLICT (key) DO UPDATE SET count = attempts.count RETURNING key, count, since, last_at",
];
const STORE: [&str; 2] = [
    "INSERT INTO attempts (key, count, since, last_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (key) DO UPDATE SET count = excluded.count, since = excluded.since, last_at = excluded.last_at",
    "INSERT INTO attempts (key, count, since, last_at) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8) \
     ON CONFLICT (key) DO UPDATE SET count = excluded.count, since = excluded.since, last_at = excluded.last_at",
];

impl Store {
    /// The attempts under one key or two, in their order.
    ///
    /// # Errors
    /// The database failed.
    pub async fn attempts(&self, keys: &[String]) -> Result<Vec<Attempts>, AuthError> {
        let read = keys
            .iter()
            .fold(query(READ[keys.len() - 1]), sqlx::query::Query::bind);
        let rows = self.database.fetch_all(read).await?;
        Ok(in_order(keys, &rows)?)
    }

    /// Counts an attempt under one key or two, whose rows are locked. `count` gets the earlier attempts; it returns the new
    /// ones, for none, the first or both of the keys, and the result. The caller commits.
    ///
    /// # Errors
    /// The database failed; then nothing is counted.
    pub async fn count_attempts<T>(
        &self,
        keys: &[String],
        now: i64,
        count: impl FnOnce(&[Attempts]) -> (Vec<Attempts>, T) + Send,
    ) -> Result<(WriteTransaction, T), AuthError> {
        let mut write = self.database.begin_write().await?;
        let lock = query(LOCK[keys.len() - 1]).bind(now);
        let lock = keys.iter().fold(lock, sqlx::query::Query::bind);
        let rows = write.fetch_all(lock).await?;
        let (after, result) = count(&in_order(keys, &rows)?);
        if let Some(last) = after.len().checked_sub(1) {
            let rows = keys.iter().zip(&after);
            let store = rows.fold(query(STORE[last]), |store, (key, row)| {
                let store = store.bind(key).bind(row.count);
                store.bind(row.since).bind(row.last_at)
            });
            write.execute(store).await?;
        }
        Ok((write, result))
    }

    /// Subtracts one attempt that was counted at `now` after those `before`. Its time is reset, too, unless another attempt
    /// was counted since.
    ///
    /// # Errors
    /// The database failed.
    pub async fn release_attempt(
        &self,
        key: &str,
        now: i64,
        before: &Attempts,
    ) -> Result<(), AuthError> {
        let release = query(
            "UPDATE attempts SET count = count - 1, \
                    last_at = CASE WHEN count = $1 AND last_at = $2 THEN $3 ELSE last_at END \
             WHERE key = $4 AND count > 0",
        )
        .bind(before.count + 1)
        .bind(now)
        .bind(before.last_at)
        .bind(key);
        self.database.write(release).await?;
        Ok(())
    }

    /// Deletes all attempts under a key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn reset_attempts(&self, key: &str) -> Result<(), AuthError> {
        self.database.write(reset(key)).await?;
        Ok(())
    }
}

pub(super) fn reset(key: &str) -> crate::database::Query<'_> {
    query("DELETE FROM attempts WHERE key = $1").bind(key)
}

/// The rows of `keys`, in their order; a missing one is zero.
fn in_order(keys: &[String], rows: &[AnyRow]) -> Result<Vec<Attempts>, sqlx::Error> {
    let found: Vec<(String, Attempts)> = rows.iter().map(attempts).collect::<Result<_, _>>()?;
    let of = |key: &String| {
        let row = found.iter().find(|(found, _)| found == key);
        row.map(|(_, row)| *row).unwrap_or_default()
    };
    Ok(keys.iter().map(of).collect())
}

fn attempts(row: &AnyRow) -> Result<(String, Attempts), sqlx::Error> {
    let attempts = Attempts {
        count: row.try_get(1)?,
        since: row.try_get(2)?,
        last_at: row.try_get(3)?,
    };
    Ok((row.try_get(0)?, attempts))
}
