//! Core. Accounts that are closed, and deleted after a time in which their users may come back.

use sqlx::{Row, query};

use super::consequences::{Change, Spared, end};
use super::{Authenticated, Store, lock_user};
use crate::auth::error::AuthError;
use crate::database::WriteTransaction;

impl Store {
    /// Closes the account of a request: it will be deleted at `delete_at`. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the session has ended concurrently; or the database failed.
    pub async fn close_account(
        &self,
        here: &Authenticated,
        delete_at: i64,
    ) -> Result<WriteTransaction, AuthError> {
        let id = &*here.user().id;
        let mut write = self.begin_for_user(here).await?;
        // The new version makes a concurrent login fail that has read the old one.
        let update = query(
            "UPDATE users SET delete_at = $1, password_version = password_version + 1 WHERE id = $2",
        )
        .bind(delete_at)
        .bind(id);
        write.execute(update).await?;
        end(&mut write, Change::AccountClosed, id, Spared::default()).await?;
        Ok(write)
    }

    /// Opens a closed account again, and uses the link up: its id, and the name of its purpose. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`]: it is used, or has expired, or the account is not closed; or the database failed.
    pub async fn keep_account(
        &self,
        user_id: &str,
        link: (&str, &str),
        now: i64,
    ) -> Result<WriteTransaction, AuthError> {
        let mut write = self.database.begin_write().await?;
        lock_user(&mut write, user_id).await?;
        let is_valid = Self::use_link(&mut write, link.0, link.1, now).await?;
        let open = query("UPDATE users SET delete_at = NULL WHERE id = $1 AND delete_at > $2")
            .bind(user_id)
            .bind(now);
        if !is_valid || write.execute(open).await? == 0 {
            return Err(AuthError::LinkUnusable);
        }
        end(&mut write, Change::AccountKept, user_id, Spared::default()).await?;
        Ok(write)
    }

    /// Locks the row of a user who is to be deleted, with `due_by` only if the account is closed until then, and returns their address:
    /// concurrent transactions of this user wait, and then find that the user is gone. The caller deletes and commits.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_deletion(
        &self,
        user_id: &str,
        due_by: Option<i64>,
    ) -> Result<Option<(WriteTransaction, String)>, AuthError> {
        let mut write = self.database.begin_write().await?;
        let lock = query(
            "UPDATE users SET password_version = password_version + 1 \
             WHERE id = $1 AND ($2 = 0 OR delete_at <= $2) RETURNING email",
        )
        .bind(user_id)
        .bind(due_by.unwrap_or(0));
        let row = write.fetch_optional(lock).await?;
        let email = row.map(|row| row.try_get(0)).transpose()?;
        Ok(email.map(|email| (write, email)))
    }

    /// Deletes a user with all rows that refer to the user.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_user(write: &mut WriteTransaction, user_id: &str) -> Result<(), AuthError> {
        end(write, Change::AccountDeleted, user_id, Spared::default()).await?;
        let user = query("DELETE FROM users WHERE id = $1").bind(user_id);
        write.execute(user).await?;
        Ok(())
    }

    /// The users whose accounts were closed, and are to be deleted by `now`; some of them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn users_to_delete(&self, now: i64) -> Result<Vec<String>, AuthError> {
        let due = query("SELECT id FROM users WHERE delete_at <= $1 ORDER BY delete_at LIMIT 100")
            .bind(now);
        let rows = self.database.fetch_all(due).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?)
    }
}
