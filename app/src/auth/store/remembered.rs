//! Core. The table `remembered`: token families of remembered logins.

use std::sync::LazyLock;

use sqlx::{SqlStr, query};

use super::selection::{account, select_accounts};
use super::{Account, SessionRow, Store};
use crate::auth::config::SESSIONS_MAX;
use crate::auth::error::AuthError;
use crate::auth::session::RememberRow;
use crate::database::{Columns, WriteTransaction};

/// What [`remembered`] reads.
pub(super) const FAMILY: &str = "remembered.id, remembered.generation, remembered.confirmed, remembered.rotated_at, \
                                 remembered.duration, remembered.expires_at";

static LOAD: LazyLock<SqlStr> = LazyLock::new(|| {
    select_accounts(&format!(
        "{FAMILY} FROM remembered JOIN users ON users.id = remembered.user_id \
         WHERE remembered.id = $1 AND remembered.expires_at > $2"
    ))
});

impl Store {
    /// The token family `id` and its user, in one query, if `now` is before its `expires_at`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load_remembered(
        &self,
        id: &str,
        now: i64,
    ) -> Result<Option<(Account, RememberRow)>, AuthError> {
        let load = query(LOAD.clone()).bind(id).bind(now);
        let row = self.database.fetch_optional(load).await?;
        let found = row.map(|row| {
            let mut columns = Columns::of(&row);
            let account = account(&mut columns)?;
            let family = remembered(&account.user.id, &mut columns)?;
            Ok((account, family))
        });
        let found: Result<_, sqlx::Error> = found.transpose();
        Ok(found?)
    }

    /// Notes that the browser has presented this generation of the family, so it has received the cookie.
    ///
    /// # Errors
    /// The database failed.
    pub async fn confirm_remembered(&self, id: &str, generation: i64) -> Result<(), AuthError> {
        let confirm =
            query("UPDATE remembered SET confirmed = 1 WHERE id = $1 AND generation = $2")
                .bind(id)
                .bind(generation);
        self.database.try_write(confirm).await?;
        Ok(())
    }

    /// # Errors
    /// The database failed.
    pub async fn prolong_remembered(&self, id: &str, expires_at: i64) -> Result<(), AuthError> {
        let prolong = query("UPDATE remembered SET expires_at = $1 WHERE id = $2")
            .bind(expires_at)
            .bind(id);
        self.database.try_write(prolong).await?;
        Ok(())
    }
}

/// Deletes the user's least recently used families above [`SESSIONS_MAX`], and stores the family of `session`.
pub(super) async fn insert_family(
    write: &mut WriteTransaction,
    row: &RememberRow,
    session: &SessionRow,
) -> Result<(), sqlx::Error> {
    let make_room = query(
        "DELETE FROM remembered WHERE user_id = $1 AND id NOT IN (SELECT id FROM remembered \
         WHERE user_id = $1 ORDER BY rotated_at DESC LIMIT $2)",
    )
    .bind(&row.user_id)
    .bind(SESSIONS_MAX - 1);
    write.execute(make_room).await?;
    let insert = query(
        "INSERT INTO remembered (id, user_id, generation, confirmed, rotated_at, duration, \
                                 expires_at, created_at, user_agent, address) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&row.id)
    .bind(&row.user_id)
    .bind(row.generation)
    .bind(i64::from(row.confirmed))
    .bind(row.rotated_at)
    .bind(row.duration)
    .bind(row.expires_at)
    .bind(session.created_at)
    .bind(&session.user_agent)
    .bind(&session.address);
    write.execute(insert).await.map(drop)
}

pub(super) async fn delete_family(
    write: &mut WriteTransaction,
    id: &str,
) -> Result<(), sqlx::Error> {
    let delete = query("DELETE FROM remembered WHERE id = $1").bind(id);
    write.execute(delete).await.map(drop)
}

pub(super) fn remembered(user_id: &str, columns: &mut Columns) -> Result<RememberRow, sqlx::Error> {
    Ok(RememberRow {
        user_id: user_id.to_owned(),
        id: columns.next()?,
        generation: columns.next()?,
        confirmed: columns.next_bool()?,
        rotated_at: columns.next()?,
        duration: columns.next()?,
        expires_at: columns.next()?,
    })
}
