//! Core. This room knows SQL; no HTTP, no clock. One file per table; this one has the shared rows and row locks.
//!
//! Lock order: the user, then the token family, then the attempts; rows are deleted in that order too, so that no two
//! transactions wait for each other.

mod access_tokens;
mod accounts;
mod active_sessions;
mod addresses;
mod attempts;
mod characters;
mod clean_up;
mod closed;
mod consequences;
mod export;
mod form_values;
mod history;
mod identifiers;
mod links;
mod logins;
mod remembered;
mod selection;
mod sessions;
mod texts;

use sqlx::query;

pub use addresses::NewAddress;
pub use attempts::{Attempts, Key};
pub use consequences::{Change, Consequences, Links, Logins, Recipient, Tokens};
pub use identifiers::Email;
pub use links::LinkRow;
pub use logins::{Login, Replaced, Reset};
pub use texts::{multiline_text, visible_text};

use super::error::AuthError;
use super::session::RememberRow;
use crate::database::{Database, WriteTransaction};
use crate::error::Error;
use crate::users::User;

/// The tables of the core. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub database: Database,
}

/// A user with the password version: a login begins only if that has not changed since it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    pub user: User,
    /// Incremented by a new password or address, by deactivation, and when the account is closed.
    pub password_version: i64,
    /// The account is closed, and not deactivated, and will be deleted then. Unix seconds.
    pub delete_at: Option<i64>,
}

/// The row of a session. Times are Unix seconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's token, base64url. The token itself is not stored (ASVS 6.5.2).
    pub id: String,
    /// The id that the login began with; `id` changes each time the password is confirmed.
    pub login_id: String,
    pub user_id: String,
    pub created_at: i64,
    /// The last time the password was given; 0 for a session that began without a password or moved to another browser.
    pub authenticated_at: i64,
    pub seen_at: i64,
    /// The earlier of the idle and the absolute time-out.
    pub expires_at: i64,
    /// The token family of this session; both end together.
    pub remember_id: Option<String>,
    /// Begun for an inactive user on purpose: see `LoginOptions::force`.
    pub forced: bool,
    pub user_agent: String,
    pub address: String,
}

/// The user of a request, and how they authenticated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authenticated {
    pub account: Account,
    /// `None`: by an access token.
    pub session: Option<SessionRow>,
    /// The token family of that session.
    pub remembered: Option<RememberRow>,
}

impl Authenticated {
    pub const fn user(&self) -> &User {
        &self.account.user
    }
}

impl Store {
    /// Begins a transaction for the user of a request, by session or by access token: their row is locked.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the session, or the user, has ended concurrently; or the database failed.
    pub async fn begin_for_user(
        &self,
        here: &Authenticated,
    ) -> Result<WriteTransaction, AuthError> {
        if here.session.is_some() {
            return self.begin_in_session(here).await;
        }
        let mut write = self.database.begin_write().await?;
        let there = lock_account(&mut write, &here.account).await?;
        there.then_some(write).ok_or(AuthError::LoginRequired)
    }

    /// Begins a transaction for the user of a request: locks their row and checks that their session has not ended. A
    /// concurrent logout waits for the commit.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the session has ended concurrently; or the database failed.
    pub async fn begin_in_session(
        &self,
        here: &Authenticated,
    ) -> Result<WriteTransaction, AuthError> {
        let mut write = self.database.begin_write().await?;
        lock_user(&mut write, &here.user().id).await?;
        let session = here.session.as_ref().map(|row| &*row.id);
        require_session(&mut write, session).await?;
        Ok(write)
    }
}

/// Locks the user's row until commit: no concurrent login or confirmation of this user.
async fn lock_user(write: &mut WriteTransaction, id: &str) -> Result<(), sqlx::Error> {
    let lock = "UPDATE users SET password_version = password_version WHERE id = $1";
    write.execute(query(lock).bind(id)).await.map(drop)
}

/// Locks the user's row until commit. `false` if the user is gone or the password changed since `account` was read.
async fn lock_account(
    write: &mut WriteTransaction,
    account: &Account,
) -> Result<bool, sqlx::Error> {
    let lock = query(
        "UPDATE users SET password_version = password_version \
         WHERE id = $1 AND password_version = $2",
    )
    .bind(&account.user.id)
    .bind(account.password_version);
    Ok(write.execute(lock).await? > 0)
}

/// Locks the token family of `session`, if it has one. `false` if the family has ended.
async fn lock_family(
    write: &mut WriteTransaction,
    session: &SessionRow,
) -> Result<bool, sqlx::Error> {
    let Some(family) = &session.remember_id else {
        return Ok(true);
    };
    let lock = query("UPDATE remembered SET generation = generation WHERE id = $1").bind(family);
    Ok(write.execute(lock).await? > 0)
}

/// # Errors
/// [`AuthError::LoginRequired`]: the session has ended.
async fn require_session(
    write: &mut WriteTransaction,
    session: Option<&str>,
) -> Result<(), AuthError> {
    let there = query("SELECT id FROM sessions WHERE id = $1").bind(session);
    let there = write.fetch_optional(there).await?;
    there.map(drop).ok_or(AuthError::LoginRequired)
}

/// Whether this could be the id of a row: an id from a URL may contain anything, and PostgreSQL rejects text with a NUL.
pub fn is_id(id: &str) -> bool {
    id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// PostgreSQL's code for a text with a NUL. It cannot store one, so no row has it.
const TEXT_WITH_NUL: &str = "22021";

/// The only place where a failed query becomes an error for a visitor: the log gets the cause, the visitor a code.
impl From<sqlx::Error> for AuthError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => return Self::NotFound,
            sqlx::Error::Database(error) if error.code().as_deref() == Some(TEXT_WITH_NUL) => {
                return Self::NotFound;
            }
            _ => {}
        }
        tracing::error!(%error, "a database query failed");
        match error {
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. } => Self::Unexpected,
            sqlx::Error::Database(error) if error.is_foreign_key_violation() => Self::Unexpected,
            _ => Self::Unavailable,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        AuthError::from(error).into()
    }
}
