//! Core. The transactions in which an account gets another address.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::consequences::{Change, Spared, end};
use super::{Authenticated, Email, Store, lock_user};
use crate::auth::error::AuthError;
use crate::auth::session::hashed;
use crate::database::WriteTransaction;

/// The address that a link gives to an account.
#[derive(Clone, Copy)]
pub struct NewAddress<'a> {
    pub user_id: &'a str,
    pub email: &'a Email,
    /// The id of the link, and the name of its purpose.
    pub link: (&'a str, &'a str),
}

impl Store {
    /// The user of a link that has not expired, and when it was made.
    ///
    /// # Errors
    /// The database failed.
    pub async fn link_user(
        &self,
        id: &str,
        purpose: &str,
        now: i64,
    ) -> Result<Option<(String, i64)>, AuthError> {
        let find = query(
            "SELECT user_id, created_at FROM links \
             WHERE id = $1 AND purpose = $2 AND expires_at > $3 AND user_id IS NOT NULL",
        )
        .bind(id)
        .bind(purpose)
        .bind(now);
        let row = self.database.fetch_optional(find).await?;
        let read = |row: AnyRow| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?));
        Ok(row.map(read).transpose()?)
    }

    /// Gives the account the address, with the consequences of [`Change::EmailChanged`]. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the session has ended; [`AuthError::LinkUnusable`]: the link is used, or has expired, or another
    /// account has the address; or the database failed.
    pub async fn change_email(
        &self,
        change: NewAddress<'_>,
        here: &Authenticated,
        now: i64,
    ) -> Result<WriteTransaction, AuthError> {
        let mut write = self.begin_in_session(here).await?;
        set_address(&mut write, change, now).await?;
        let spared = Spared {
            here: Some(here),
            ..Spared::default()
        };
        end(&mut write, Change::EmailChanged, change.user_id, spared).await?;
        Ok(write)
    }

    /// Gives the account its earlier address, ends its password, and opens it again if it is closed, with the consequences of
    /// [`Change::EmailKept`]. Returns the address that it had. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`]: the link is used, or has expired, or another account has the address; or the database failed.
    pub async fn keep_email(
        &self,
        keep: NewAddress<'_>,
        made_at: i64,
        now: i64,
    ) -> Result<(WriteTransaction, String), AuthError> {
        let id = keep.user_id;
        let mut write = self.database.begin_write().await?;
        lock_user(&mut write, id).await?;
        let had = query("SELECT email FROM users WHERE id = $1").bind(id);
        let had = write.fetch_optional(had).await?;
        let had = had.ok_or(AuthError::LinkUnusable)?.try_get(0)?;
        set_address(&mut write, keep, now).await?;
        // An attacker who asked for the change knows the password, and may have closed the account. An empty hash matches none.
        let update = query(
            "UPDATE users SET password_hash = '', delete_at = NULL, delete_language = NULL WHERE id = $1",
        )
        .bind(id);
        write.execute(update).await?;
        let spared = Spared {
            links_before: made_at,
            ..Spared::default()
        };
        end(&mut write, Change::EmailKept, id, spared).await?;
        Ok((write, had))
    }
}

/// Uses the link up. The new password version makes a concurrent login fail that has read the old one.
async fn set_address(
    write: &mut WriteTransaction,
    change: NewAddress<'_>,
    now: i64,
) -> Result<(), AuthError> {
    if !Store::use_link(write, change.link.0, change.link.1, now).await? {
        return Err(AuthError::LinkUnusable);
    }
    let update = query(
        "UPDATE users SET email = $1, email_key = $2, password_version = password_version + 1 \
         WHERE id = $3 AND NOT EXISTS (SELECT 1 FROM links WHERE purpose = 'keep_email' \
                                       AND email_key = $4 AND expires_at > $5 AND user_id <> $3)",
    )
    .bind(&change.email.typed)
    .bind(&change.email.key)
    .bind(change.user_id)
    .bind(hashed(&change.email.key))
    .bind(now);
    match write.execute(update).await {
        Ok(1) => Ok(()),
        Ok(_) => Err(AuthError::LinkUnusable),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            Err(AuthError::LinkUnusable)
        }
        Err(error) => Err(error.into()),
    }
}
