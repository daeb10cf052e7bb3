//! Yours. What was tried, and how often: rows and queries of `auth/throttle.rs`.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::Users;
use crate::auth::{Allowed, Attempts, AuthError, Verdict};

const BEFORE: &str = "SELECT count, since, last_at FROM attempts WHERE key = $1";

impl Users {
    pub(super) async fn count_attempt(
        &self,
        key: &str,
        now: i64,
        allowed: Allowed<'_>,
    ) -> Result<Option<Attempts>, AuthError> {
        // Most of a storm ends here: who is to be refused anyway waits for nobody's lock, and keeps nobody waiting.
        let before = query(BEFORE)
            .bind(key)
            .fetch_optional(self.database.in_time())
            .await?;
        let before = before.as_ref().map(attempts).transpose()?;
        if before.is_some_and(|before| allowed(&before) == Verdict::Refused) {
            return Ok(None);
        }
        let mut write = self.database.begin_write().await?;
        // The row is there and locked before it is read: two attempts at once count as two on every engine.
        query(
            "INSERT INTO attempts (key, count, since, last_at) VALUES ($1, 0, $2, 0) \
             ON CONFLICT (key) DO UPDATE SET count = attempts.count",
        )
        .bind(key)
        .bind(now)
        .execute(write.in_time())
        .await?;
        let row = query(BEFORE).bind(key).fetch_one(write.in_time()).await?;
        let before = attempts(&row)?;
        let (count, since) = match allowed(&before) {
            Verdict::Refused => return Ok(None),
            Verdict::Counted => (before.count + 1, before.since),
            Verdict::First => (1, now),
        };
        query("UPDATE attempts SET count = $1, since = $2, last_at = $3 WHERE key = $4")
            .bind(count)
            .bind(since)
            .bind(now)
            .bind(key)
            .execute(write.in_time())
            .await?;
        write.commit().await?;
        Ok(Some(before))
    }

    /// The time goes back too, unless another attempt has come since.
    pub(super) async fn take_attempt_back(
        &self,
        key: &str,
        now: i64,
        before: &Attempts,
    ) -> Result<(), AuthError> {
        let _turn = self.database.turn().await?;
        query(
            "UPDATE attempts SET count = count - 1, \
                    last_at = CASE WHEN count = $1 AND last_at = $2 THEN $3 ELSE last_at END \
             WHERE key = $4 AND count > 0",
        )
        .bind(before.count + 1)
        .bind(now)
        .bind(before.last_at)
        .bind(key)
        .execute(self.database.in_time())
        .await?;
        Ok(())
    }

    pub(super) async fn delete_attempts(&self, key: &str) -> Result<(), AuthError> {
        let _turn = self.database.turn().await?;
        query("DELETE FROM attempts WHERE key = $1")
            .bind(key)
            .execute(self.database.in_time())
            .await?;
        Ok(())
    }
}

fn attempts(row: &AnyRow) -> Result<Attempts, sqlx::Error> {
    Ok(Attempts {
        count: row.try_get("count")?,
        since: row.try_get("since")?,
        last_at: row.try_get("last_at")?,
    })
}
