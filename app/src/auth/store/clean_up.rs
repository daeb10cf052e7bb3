//! Core. Deletes expired rows in the background, a batch at a time, so that no visitor waits for it. Several servers may do
//! so at the same time, and it may be interrupted at any point.

use sqlx::query;

use super::Store;
use super::attempts::{ADDRESS_KEYS, DEVICE_KEYS, USER_KEYS};
use crate::auth::config::{ACCOUNT_FREE, ACCOUNT_MAX, HISTORY, REMEMBER_MAX};
use crate::auth::error::AuthError;
use Bound::{Number, Text};

const DAY: i64 = 24 * 60 * 60;

/// A parameter of a statement below, after `$1`, the current time, and `$2`, the number of rows.
enum Bound {
    Number(i64),
    Text(&'static str),
}

const EXPIRED: [(&str, &[Bound]); 9] = [
    (
        "DELETE FROM sessions WHERE id IN \
             (SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2)",
        &[],
    ),
    // A session that such a family began stays valid until its own time-out.
    (
        "DELETE FROM remembered WHERE id IN \
             (SELECT id FROM remembered WHERE expires_at <= $1 AND NOT EXISTS \
                 (SELECT 1 FROM sessions WHERE sessions.remember_id = remembered.id) LIMIT $2)",
        &[],
    ),
    (
        "DELETE FROM access_tokens WHERE id IN \
             (SELECT id FROM access_tokens WHERE expires_at <= $1 LIMIT $2)",
        &[],
    ),
    (
        "DELETE FROM form_values WHERE id IN \
             (SELECT id FROM form_values WHERE expires_at <= $1 LIMIT $2)",
        &[],
    ),
    (
        "DELETE FROM links WHERE id IN (SELECT id FROM links WHERE expires_at <= $1 LIMIT $2)",
        &[],
    ),
    (
        "DELETE FROM history WHERE id IN (SELECT id FROM history WHERE at <= $1 - $3 LIMIT $2)",
        &[Number(HISTORY.as_secs().cast_signed())],
    ),
    // Attempts that caused no wait are deleted after a day.
    (
        "DELETE FROM attempts WHERE key IN \
             (SELECT key FROM attempts WHERE last_at <= $1 - $3 \
                 AND (count < $4 OR key LIKE $5 OR key LIKE $6) LIMIT $2)",
        &[
            Number(DAY),
            Number(ACCOUNT_FREE),
            Text(ADDRESS_KEYS),
            Text(USER_KEYS),
        ],
    ),
    // Attempts that caused a wait are deleted after a month, so that a slow attacker gains little; those that lock an account
    // stay.
    (
        "DELETE FROM attempts WHERE key IN \
             (SELECT key FROM attempts WHERE last_at <= $1 - $3 AND count < $4 LIMIT $2)",
        &[Number(30 * DAY), Number(ACCOUNT_MAX)],
    ),
    // Attempts of a device, also those that lock, are deleted when its cookie has expired.
    (
        "DELETE FROM attempts WHERE key IN \
             (SELECT key FROM attempts WHERE last_at <= $1 - $3 AND key LIKE $4 LIMIT $2)",
        &[
            Number(REMEMBER_MAX.as_secs().cast_signed()),
            Text(DEVICE_KEYS),
        ],
    ),
];

impl Store {
    /// Deletes what has expired by `now`.
    ///
    /// # Errors
    /// The database failed; rows that are deleted already stay deleted.
    pub async fn clean_up(&self, now: i64) -> Result<(), AuthError> {
        for (expired, bounds) in EXPIRED {
            let delete = |batch| {
                let rows = query(expired).bind(now).bind(batch);
                bounds.iter().fold(rows, |rows, bound| match bound {
                    Number(number) => rows.bind(*number),
                    Text(text) => rows.bind(*text),
                })
            };
            self.database.delete_in_batches(delete).await?;
        }
        Ok(())
    }
}
