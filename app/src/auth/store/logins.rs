//! Core. The transactions in which logins begin, change and end, over the tables `sessions`, `remembered` and `users`.

use sqlx::query;

use super::attempts::{Key, reset as forget};
use super::consequences::{Change, Spared, end};
use super::remembered::insert_family;
use super::sessions::{delete_login, insert};
use super::{Account, SessionRow, Store, lock_account, lock_family, require_session};
use crate::auth::error::AuthError;
use crate::auth::session::RememberRow;
use crate::database::WriteTransaction;

/// A login to be stored.
pub struct Login<'a> {
    pub account: &'a Account,
    pub session: &'a SessionRow,
    pub remembered: Option<&'a RememberRow>,
}

/// What the request brought and the login ends.
#[derive(Default)]
pub struct Replaced<'a> {
    pub session: Option<&'a str>,
    pub family: Option<&'a str>,
    /// The key of the wrong attempts that the login resets.
    pub attempts: Option<&'a str>,
}

/// A password that was chosen by a link.
#[derive(Clone, Copy)]
pub struct Reset<'a> {
    pub account: &'a Account,
    /// The normalised address.
    pub email_key: &'a str,
    /// The id of the link, and the name of its purpose.
    pub link: (&'a str, &'a str),
    pub hash: &'a str,
    pub end_tokens: bool,
}

impl Store {
    /// Stores a login and ends the session and family that the request brought. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`]: the user is gone, or the password changed since the account was read; or the
    /// database failed.
    pub async fn begin_session(
        &self,
        login: Login<'_>,
        replaced: Replaced<'_>,
    ) -> Result<WriteTransaction, AuthError> {
        let mut write = self.database.begin_write().await?;
        if !lock_account(&mut write, login.account).await? {
            return Err(AuthError::InvalidCredentials);
        }
        delete_login(&mut write, replaced.session, replaced.family).await?;
        if let Some(row) = login.remembered {
            insert_family(&mut write, row, login.session).await?;
        }
        insert(&mut write, login.session, None).await?;
        if let Some(key) = replaced.attempts {
            write.execute(forget(key)).await?;
        }
        Ok(write)
    }

    /// Stores the hash of a new password, ends every login of the user and stores a new one that replaces the session
    /// `chosen_in`. Returns the account with its new version. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::WrongPassword`]: the user is gone, or the password changed since the account was read;
    /// [`AuthError::LoginRequired`]: `chosen_in` has ended; or the database failed.
    pub async fn change_password(
        &self,
        login: Login<'_>,
        password_hash: &str,
        chosen_in: &str,
    ) -> Result<(WriteTransaction, Account), AuthError> {
        let Login {
            account, session, ..
        } = login;
        let mut write = self.database.begin_write().await?;
        if !set_password(&mut write, account, password_hash).await? {
            return Err(AuthError::WrongPassword);
        }
        require_session(&mut write, Some(chosen_in)).await?;
        // This login goes on under a new id.
        end(
            &mut write,
            Change::PasswordChanged,
            &account.user.id,
            Spared::default(),
        )
        .await?;
        if let Some(row) = login.remembered {
            insert_family(&mut write, row, session).await?;
        }
        insert(&mut write, session, Some(chosen_in)).await?;
        let account = Account {
            password_version: account.password_version + 1,
            ..account.clone()
        };
        Ok((write, account))
    }

    /// Stores the hash of a new password that was chosen by a link, and ends the link, every login of the user, their other links,
    /// and the wrong attempts that they wait for. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::LinkUnusable`]: it is used, or has expired, or the user is gone or has another password; or the database failed.
    pub async fn reset_password(
        &self,
        reset: Reset<'_>,
        now: i64,
    ) -> Result<WriteTransaction, AuthError> {
        let Reset { account, link, .. } = reset;
        let id = &account.user.id;
        let mut write = self.database.begin_write().await?;
        if !set_password(&mut write, account, reset.hash).await?
            || !Self::use_link(&mut write, link.0, link.1, now).await?
        {
            return Err(AuthError::LinkUnusable);
        }
        let spared = Spared {
            tokens: !reset.end_tokens,
            ..Spared::default()
        };
        end(&mut write, Change::PasswordReset, id, spared).await?;
        for key in [Key::account(reset.email_key), Key::Confirm(id.clone())] {
            write.execute(forget(&key.text())).await?;
        }
        Ok(write)
    }

    /// Replaces the session `id` by `session`, which has a new id. `false`: it has ended, or the user is gone or has another
    /// password.
    ///
    /// # Errors
    /// The database failed.
    pub async fn confirm_session(
        &self,
        account: &Account,
        id: &str,
        session: &SessionRow,
    ) -> Result<bool, AuthError> {
        let mut write = self.database.begin_write().await?;
        if !lock_account(&mut write, account).await? || !lock_family(&mut write, session).await? {
            return Ok(false);
        }
        let old = query("DELETE FROM sessions WHERE id = $1").bind(id);
        if write.execute(old).await? == 0 {
            return Ok(false);
        }
        insert(&mut write, session, Some(id)).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Advances the family of `session` to `generation` (compare-and-swap) and stores `session`. If a concurrent request
    /// rotated first, the session that it stored must exist; if its response was `lost`, only the family must. `false`: it has
    /// ended, or the user is gone or has another password, and nothing is stored.
    ///
    /// # Errors
    /// The database failed.
    pub async fn restore_session(
        &self,
        account: &Account,
        session: &SessionRow,
        generation: i64,
        expires_at: i64,
        lost: bool,
    ) -> Result<bool, AuthError> {
        let mut write = self.database.begin_write().await?;
        if !lock_account(&mut write, account).await? {
            return Ok(false);
        }
        let rotate = query(
            "UPDATE remembered SET generation = $1, confirmed = 0, rotated_at = $2, expires_at = $3, \
                                   user_agent = $4, address = $5 \
             WHERE id = $6 AND generation = $7",
        )
        .bind(generation)
        .bind(session.created_at)
        .bind(expires_at)
        .bind(&session.user_agent)
        .bind(&session.address)
        .bind(&session.remember_id)
        .bind(generation - 1);
        if write.execute(rotate).await? == 0 {
            // A concurrent request was first; the session that it began may have ended since.
            if !lock_family(&mut write, session).await? {
                return Ok(false);
            }
            if !lost {
                let there = query("SELECT id FROM sessions WHERE id = $1").bind(&session.id);
                return Ok(write.fetch_optional(there).await?.is_some());
            }
        }
        insert(&mut write, session, None).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Ends a session with its token family, and a family with its sessions, on every server. The session's earlier ids work,
    /// too.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_login(
        &self,
        session: Option<&str>,
        family: Option<&str>,
    ) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        // Locks the user's row: waits for a concurrent confirmation of the password, and then finds its new session.
        let lock = query(
            "UPDATE users SET password_version = password_version WHERE id IN \
                 (SELECT user_id FROM sessions WHERE id = $1 OR replaces = $1 OR login_id = $1)",
        )
        .bind(session);
        write.execute(lock).await?;
        delete_login(&mut write, session, family).await?;
        write.commit().await?;
        Ok(())
    }
}

/// Stores the hash of a new password (compare-and-swap), and locks the user's row. `false`: the user is gone, or the password
/// changed since `account` was read.
async fn set_password(
    write: &mut WriteTransaction,
    account: &Account,
    hash: &str,
) -> Result<bool, sqlx::Error> {
    let change = query(
        "UPDATE users SET password_hash = $1, password_version = password_version + 1 \
         WHERE id = $2 AND password_version = $3",
    )
    .bind(hash)
    .bind(&account.user.id)
    .bind(account.password_version);
    Ok(write.execute(change).await? > 0)
}
