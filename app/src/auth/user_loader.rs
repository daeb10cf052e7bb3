//! Core. What the core asks of your storage: Flask-Login's `user_loader`, and the rows behind it.
//!
//! Implemented once, in `users/store.rs`. It is a trait all the same, so that the whole of what the core
//! needs can be read here, and so that the core never learns which database there is.

use super::AuthError;
use crate::users::User;

/// One session, as the database knows it. Times are Unix seconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's token, base64url. The token itself is stored nowhere (ASVS 6.5.2).
    pub id: String,
    pub user_id: String,
    pub created_at: i64,
    /// The last time the password was given.
    pub authenticated_at: i64,
    pub seen_at: i64,
    /// The earlier of the idle and the absolute limit.
    pub expires_at: i64,
    pub remembered: bool,
    pub user_agent: String,
    pub address: String,
}

/// A session that holds, and whose it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loaded {
    pub user: User,
    pub session: SessionRow,
}

/// Every method logs its unexpected failures itself, once, and returns [`AuthError::Unavailable`] or
/// [`AuthError::Unexpected`] for them.
pub trait UserLoader {
    /// The session `id` and its user, in one query, if `now` is before its `expires_at`.
    /// A session that ended and a user who is gone are `None`: a guest, never an error.
    fn load_user(
        &self,
        id: &str,
        now: i64,
    ) -> impl Future<Output = Result<Option<Loaded>, AuthError>> + Send;

    /// Stores `row` and ends the session `replaces`, both or neither.
    fn begin_session(
        &self,
        row: &SessionRow,
        replaces: Option<&str>,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    /// Moves the session's times. Must not revive a session that has ended meanwhile.
    fn touch_session(
        &self,
        id: &str,
        seen_at: i64,
        expires_at: i64,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    /// Ends the session, at once and on every server.
    fn end_session(&self, id: &str) -> impl Future<Output = Result<(), AuthError>> + Send;
}
