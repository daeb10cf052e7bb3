//! Core. What the core asks of your storage: Flask-Login's `user_loader` and `request_loader`, and the rows behind them.
//!
//! Implemented once, in `users/sessions.rs`. It is a trait all the same, so that the whole of what the core
//! needs can be read here, and so that the core never learns which database there is.

use super::AuthError;
use super::remember::RememberRow;
use super::throttle::{Allowed, Attempts};
use crate::users::User;

/// One session, as the database knows it. Times are Unix seconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's token, base64url. The token itself is stored nowhere (ASVS 6.5.2).
    pub id: String,
    /// The id that it began under. It has had others since: a new one each time the password is given.
    pub log_in_id: String,
    pub user_id: String,
    pub created_at: i64,
    /// The last time the password was given; 0 for a session that began without, or came from another browser.
    pub authenticated_at: i64,
    pub seen_at: i64,
    /// The earlier of the idle and the absolute limit.
    pub expires_at: i64,
    /// The family it belongs to. They end together.
    pub remember_id: Option<String>,
    /// Begun for an inactive user on purpose: see [`LogIn::force`](super::LogIn::force).
    pub forced: bool,
    pub user_agent: String,
    pub address: String,
}

/// Who is there, and how that is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loaded {
    pub user: User,
    /// `None`: by an access token.
    pub session: Option<SessionRow>,
    /// The family of that session.
    pub remembered: Option<RememberRow>,
}

/// Every method logs its unexpected failures itself, once, and returns [`AuthError::Unavailable`] or
/// [`AuthError::Unexpected`] for them. A session that ended and a user who is gone are `None`: never an error.
pub trait UserLoader {
    /// The session `id` with its user and its family, in one query, if `now` is before its `expires_at`.
    fn load_user(
        &self,
        id: &str,
        now: i64,
    ) -> impl Future<Output = Result<Option<Loaded>, AuthError>> + Send;

    /// The family `id` and its user, in one query, if `now` is before its `expires_at`.
    fn load_remembered(
        &self,
        id: &str,
        now: i64,
    ) -> impl Future<Output = Result<Option<(User, RememberRow)>, AuthError>> + Send;

    /// The user whose access token has this SHA-256, if `now` is before its `expires_at`.
    fn load_user_from_request(
        &self,
        token: &str,
        now: i64,
    ) -> impl Future<Output = Result<Option<User>, AuthError>> + Send;

    /// Stores `session` and its new family, and ends what came with the request: all of it, or nothing.
    /// [`AuthError::InvalidCredentials`]: the user is gone, or their password was changed since they were read.
    fn begin_session(
        &self,
        user: &User,
        session: &SessionRow,
        remembered: Option<&RememberRow>,
        replaces: (Option<&str>, Option<&str>),
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    /// Stores the hash of a new password, ends every log in of `user` and stores `session` with its new family: all of it,
    /// or nothing. The user as they are after it.
    /// [`AuthError::WrongPassword`]: the user is gone, or their password was changed since they were read;
    /// [`AuthError::LoginRequired`]: `chosen_in`, the session that the password was chosen in, has ended.
    fn store_new_password(
        &self,
        user: User,
        password_hash: &str,
        chosen_in: &str,
        session: &SessionRow,
        remembered: Option<&RememberRow>,
    ) -> impl Future<Output = Result<User, AuthError>> + Send;

    /// Moves the family of `session` on to `generation` and stores `session`. Where another request was first, the
    /// session must be there already, unless the answer to that request was `lost`: then the family must.
    /// `false`: it has ended, or its user as above, and nothing is stored.
    fn restore_session(
        &self,
        user: &User,
        session: &SessionRow,
        generation: i64,
        expires_at: i64,
        lost: bool,
    ) -> impl Future<Output = Result<bool, AuthError>> + Send;

    /// The session `id` becomes `session`, under its new id. `false`: it has ended, or its user as above.
    fn confirm_session(
        &self,
        user: &User,
        id: &str,
        session: &SessionRow,
    ) -> impl Future<Output = Result<bool, AuthError>> + Send;

    /// Moves the session's times. Must not revive a session that has ended meanwhile.
    fn touch_session(
        &self,
        id: &str,
        seen_at: i64,
        expires_at: i64,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    /// The session is not fresh any more, and at home in another browser. `false`: another request was first.
    fn demote_session(
        &self,
        id: &str,
        from: &str,
        user_agent: &str,
    ) -> impl Future<Output = Result<bool, AuthError>> + Send;

    /// The family's generation has been seen.
    fn confirm_remembered(
        &self,
        id: &str,
        generation: i64,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    fn prolong_remembered(
        &self,
        id: &str,
        expires_at: i64,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    /// Counts one more under `key`, if `allowed` says so of those before; both in one step, however many do it at once.
    /// Those before; `None`: it was refused.
    fn attempt(
        &self,
        key: &str,
        now: i64,
        allowed: Allowed<'_>,
    ) -> impl Future<Output = Result<Option<Attempts>, AuthError>> + Send;

    /// One less under `key`: it was counted at `now`, after those `before`, and then not made.
    fn forget_one_attempt(
        &self,
        key: &str,
        now: i64,
        before: &Attempts,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;

    fn forget_attempts(&self, key: &str) -> impl Future<Output = Result<(), AuthError>> + Send;

    /// Ends this session alone. `false`: another request was first.
    fn end_session(&self, id: &str) -> impl Future<Output = Result<bool, AuthError>> + Send;

    /// Ends a session with its family, and a family with its sessions; at once and on every server. Also by an id that the
    /// session had before.
    fn end_log_in(
        &self,
        session: Option<&str>,
        remembered: Option<&str>,
    ) -> impl Future<Output = Result<(), AuthError>> + Send;
}
