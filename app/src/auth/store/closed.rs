//! Core. Accounts that are closed, and deleted after a time in which their users may come back.

use sqlx::{Row, query};

use super::consequences::{Change, Spared, end};
use super::{Account, Authenticated, Store};
use crate::auth::config::{KEEP_EMAIL_LIFE, seconds};
use crate::auth::error::AuthError;
use crate::database::WriteTransaction;

impl Store {
    /// Closes the account of a request: it will be deleted at `delete_at`, and its user told in `language` (a code). The caller
    /// commits.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the session has ended concurrently; or the database failed.
    pub async fn close_account(
        &self,
        here: &Authenticated,
        delete_at: i64,
        language: Option<&str>,
        now: i64,
    ) -> Result<WriteTransaction, AuthError> {
        let id = &*here.user().id;
        let mut write = self.begin_for_user(here).await?;
        // The new version makes a concurrent login fail that has read the old one.
        let update = query(
            "UPDATE users SET delete_at = $1, delete_language = $2, password_version = password_version + 1 \
             WHERE id = $3",
        )
        .bind(delete_at)
        .bind(language)
        .bind(id);
        write.execute(update).await?;
        end(&mut write, Change::AccountClosed, id, Spared::default()).await?;
        // An attacker who has taken an account over changes the address first: the links in the old boxes open the account, too.
        let prolong = query(
            "UPDATE links SET expires_at = $1 \
             WHERE user_id = $2 AND purpose = 'keep_email' AND expires_at > $3 AND expires_at < $1",
        )
        .bind(delete_at)
        .bind(id)
        .bind(now);
        write.execute(prolong).await?;
        Ok(write)
    }

    /// Begins a transaction for the user of a closed account: their row is locked. `None`: the account was opened or deleted since
    /// `account` was read.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_for_closed(
        &self,
        account: &Account,
    ) -> Result<Option<WriteTransaction>, AuthError> {
        let mut write = self.database.begin_write().await?;
        let lock = query(
            "UPDATE users SET password_version = password_version WHERE id = $1 AND delete_at = $2",
        )
        .bind(&account.user.id)
        .bind(account.delete_at);
        let is_closed = write.execute(lock).await? > 0;
        Ok(is_closed.then_some(write))
    }

    /// Opens a closed account again, and uses the link up: its id, and the name of its purpose. Returns the account's address. The
    /// caller commits.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`]: it is used, or has expired, or the account is not closed, or it is deactivated; or the database
    /// failed.
    pub async fn keep_account(
        &self,
        user_id: &str,
        link: (&str, &str),
        now: i64,
    ) -> Result<(WriteTransaction, String), AuthError> {
        let mut write = self.database.begin_write().await?;
        let open = query(
            "UPDATE users SET delete_at = NULL, delete_language = NULL \
             WHERE id = $1 AND delete_at > $2 AND is_active = 1 RETURNING email",
        )
        .bind(user_id)
        .bind(now);
        let row = write.fetch_optional(open).await?;
        let email = row.ok_or(AuthError::LinkUnusable)?.try_get(0)?;
        if !Self::use_link(&mut write, link.0, link.1, now).await? {
            return Err(AuthError::LinkUnusable);
        }
        end(&mut write, Change::AccountKept, user_id, Spared::default()).await?;
        shorten_links_in_old_boxes(&mut write, user_id).await?;
        Ok((write, email))
    }

    /// Locks the row of a user who is to be deleted, and returns their address and, if it is known, the code of their language:
    /// concurrent transactions of this user wait, and then find that the user is gone. With `due_by` only if the account is closed
    /// and its time has come by then. The caller deletes and commits.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_deletion(
        &self,
        user_id: &str,
        due_by: Option<i64>,
    ) -> Result<Option<(WriteTransaction, String, Option<String>)>, AuthError> {
        let mut write = self.database.begin_write().await?;
        let lock = match due_by {
            Some(now) => query(
                "UPDATE users SET password_version = password_version + 1 \
                 WHERE id = $1 AND delete_at <= $2 RETURNING email, delete_language",
            )
            .bind(user_id)
            .bind(now),
            None => query(
                "UPDATE users SET password_version = password_version + 1 \
                 WHERE id = $1 RETURNING email, delete_language",
            )
            .bind(user_id),
        };
        let Some(row) = write.fetch_optional(lock).await? else {
            return Ok(None);
        };
        Ok(Some((write, row.try_get(0)?, row.try_get(1)?)))
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

    /// Some of the users whose accounts are closed and whose time has come by `now`: those whose ids follow `after`, in the order of
    /// their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn users_to_delete(&self, now: i64, after: &str) -> Result<Vec<String>, AuthError> {
        // In one SELECT, SQLite reads all users in the order of their ids.
        let due = query(
            "WITH due AS MATERIALIZED (SELECT id FROM users WHERE delete_at <= $1) \
             SELECT id FROM due WHERE id > $2 ORDER BY id LIMIT 100",
        );
        let due = due.bind(now).bind(after);
        let rows = self.database.fetch_all(due).await?;
        let ids = rows.iter().map(|row| row.try_get(0));
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

/// When a closed account is open again.
pub(super) async fn shorten_links_in_old_boxes(
    write: &mut WriteTransaction,
    user_id: &str,
) -> Result<(), sqlx::Error> {
    let shorten = query(
        "UPDATE links SET expires_at = created_at + $1 WHERE user_id = $2 AND purpose = 'keep_email'",
    )
    .bind(seconds(KEEP_EMAIL_LIFE))
    .bind(user_id);
    write.execute(shorten).await.map(drop)
}
