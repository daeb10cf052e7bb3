//! Core. Deletes many rows in parts, with pauses, because SQLite has one writer, and logins write, too.

use std::time::Duration;

use sqlx::Error;
use tokio::time::sleep;

use super::{Database, Query};

/// Rows of one statement.
const BATCH: i64 = 500;
const PAUSE: Duration = Duration::from_millis(100);

impl Database {
    /// `delete` is given the number of rows that it may delete.
    ///
    /// # Errors
    /// As [`Self::write`]; rows that are deleted already stay deleted.
    pub async fn delete_in_batches(
        &self,
        delete: impl Fn(i64) -> Query<'static>,
    ) -> Result<(), Error> {
        while self.write(delete(BATCH)).await? >= BATCH.unsigned_abs() {
            sleep(PAUSE).await;
        }
        Ok(())
    }
}
