//! Core. The table `history`: what has happened to an account, for its user.

use sqlx::any::AnyRow;
use sqlx::query;

use super::Store;
use crate::auth::error::AuthError;
use crate::auth::letters::Cause;
use crate::auth::records::HistoryEntry;
use crate::auth::session::random_id;
use crate::database::{Columns, WriteTransaction};

/// Entries that are shown.
const SHOWN: i64 = 100;

impl Store {
    /// # Errors
    /// The database failed.
    pub async fn insert_history(
        write: &mut WriteTransaction,
        user_id: &str,
        kind: &str,
        cause: &Cause,
    ) -> Result<(), AuthError> {
        let insert = query(
            "INSERT INTO history (id, user_id, kind, at, user_agent, address) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(random_id()?)
        .bind(user_id)
        .bind(kind)
        .bind(cause.at)
        .bind(&cause.user_agent)
        .bind(&cause.address);
        write.execute(insert).await?;
        Ok(())
    }

    /// The newest entries of a user, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn history(&self, user_id: &str) -> Result<Vec<HistoryEntry>, AuthError> {
        let select = query(
            "SELECT kind, at, user_agent, address FROM history WHERE user_id = $1 \
             ORDER BY at DESC, id LIMIT $2",
        )
        .bind(user_id)
        .bind(SHOWN);
        let rows = self.database.fetch_all(select).await?;
        Ok(rows.iter().map(entry).collect::<Result<_, _>>()?)
    }
}

fn entry(row: &AnyRow) -> Result<HistoryEntry, sqlx::Error> {
    let mut columns = Columns::of(row);
    Ok(HistoryEntry {
        kind: columns.next()?,
        at: columns.next()?,
        user_agent: columns.next()?,
        address: columns.next()?,
    })
}
