//! Yours. What has expired goes away: in the background, few rows at a time, so that nobody waits for it. Several servers
//! may do it at once, and it may be cut off at any point.

use std::time::Duration;

use sqlx::query;

use super::Users;
use crate::auth::config::{ACCOUNT_FREE, ACCOUNT_MAX, REMEMBER_MAX};
use crate::auth::{AuthError, Clock};

const EVERY: Duration = Duration::from_mins(10);

/// Rows that go at once. SQLite has one writer, and log ins want to write, too.
const BATCH: i64 = 500;
const PAUSE: Duration = Duration::from_millis(100);

const DAY: i64 = 24 * 60 * 60;

/// `$1` is the time that has come, `$2` how many rows, and then the numbers beside each.
const EXPIRED: [(&str, &[i64]); 6] = [
    (
        "DELETE FROM sessions WHERE id IN \
             (SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2)",
        &[],
    ),
    // What such a family began goes on until its own time is up.
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
    // Attempts that made nobody wait are forgotten after a day (see `auth/throttle.rs`) ...
    (
        "DELETE FROM attempts WHERE key IN \
             (SELECT key FROM attempts WHERE last_at <= $1 - $3 \
                 AND (count < $4 OR key LIKE 'address:%' OR key LIKE 'user:%') LIMIT $2)",
        &[DAY, ACCOUNT_FREE],
    ),
    // ... those that did after a month, so that patience is worth little to who guesses, and never those that an account
    // is closed for ...
    (
        "DELETE FROM attempts WHERE key IN \
             (SELECT key FROM attempts WHERE last_at <= $1 - $3 AND count < $4 LIMIT $2)",
        &[30 * DAY, ACCOUNT_MAX],
    ),
    // ... unless they are of a browser, whose cookie has ended.
    (
        "DELETE FROM attempts WHERE key IN \
             (SELECT key FROM attempts WHERE last_at <= $1 - $3 AND key LIKE 'device:%' LIMIT $2)",
        &[REMEMBER_MAX.as_secs().cast_signed()],
    ),
];

impl Users {
    /// Deletes what has expired by `now`.
    ///
    /// # Errors
    /// The database could not answer. What is gone is gone.
    pub async fn clean_up(&self, now: i64) -> Result<(), AuthError> {
        for (expired, numbers) in EXPIRED {
            loop {
                let turn = self.database.turn().await?;
                let rows = query(expired).bind(now).bind(BATCH);
                let rows = numbers.iter().fold(rows, |rows, &number| rows.bind(number));
                let gone = rows.execute(self.database.in_time()).await?.rows_affected();
                drop(turn);
                if gone < BATCH.cast_unsigned() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Does so again and again. A failure is in the log, and the next time will do.
    pub async fn clean_up_now_and_then(self, clock: Clock) {
        loop {
            let _ = self.clean_up(clock()).await;
            tokio::time::sleep(EVERY).await;
        }
    }
}
