//! Core. The login manager: begins, confirms and ends log ins.
//! The only file that puts a user id into a session.

use std::sync::Arc;
use std::time::Duration;

use super::config::{ABSOLUTE, IDLE};
use super::cookies::Cookies;
use super::credentials::Credentials;
use super::log_in::{LogIn, Remember};
use super::messages::Texts;
use super::signing::{Purpose, SigningKeys};
use super::token::{Token, id_of, random_token};
use super::{AuthError, Event, EventKind, Loaded, Options, Session, SessionRow, UserLoader};
use crate::users::{User, Users};

/// One for the whole app, cheap to clone: the loader, the keys, and what the app chose.
#[derive(Clone)]
pub struct LoginManager(Arc<Parts>);

struct Parts {
    users: Users,
    keys: SigningKeys,
    cookies: Cookies,
    options: Options,
}

impl LoginManager {
    pub fn new(users: Users, keys: SigningKeys, options: Options) -> Self {
        Self(Arc::new(Parts {
            users,
            keys,
            cookies: Cookies::new(options.cookies.clone()),
            options,
        }))
    }

    pub fn options(&self) -> &Options {
        &self.0.options
    }

    pub(super) fn keys(&self) -> &SigningKeys {
        &self.0.keys
    }

    pub(super) fn cookies(&self) -> &Cookies {
        &self.0.cookies
    }

    pub(super) fn now(&self) -> i64 {
        (self.0.options.clock)()
    }

    /// Tells the log and the app's listeners.
    pub fn emit(&self, event: &Event) {
        event.write_to_the_log();
        for listener in &self.0.options.listeners {
            listener(event);
        }
    }
}

impl Session {
    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.0.manager.now()
    }

    /// `https://example.com`, where it is known.
    pub fn site(&self) -> &str {
        let site = self.0.manager.options().site.as_deref();
        site.unwrap_or_default()
    }

    pub(super) fn users(&self) -> &Users {
        &self.0.manager.0.users
    }

    pub(super) fn texts(&self) -> Texts {
        self.0.manager.options().texts
    }

    /// Begins a new session for `user` and ends the one that came with the request, whoever's it was, with all that
    /// its device was remembered by: what was planted or copied before the log in is worth nothing after it
    /// (ASVS 7.2.4).
    ///
    /// # Errors
    /// [`AuthError::Inactive`]; [`AuthError::InvalidCredentials`]: the password was changed since `user` was read, or
    /// the user is gone; [`AuthError::BadRequest`] where an access token came along: such a request has no session; or
    /// the session could not be stored. In each case nobody is logged in or out.
    pub async fn login_user(&self, user: &User, how: LogIn) -> Result<(), AuthError> {
        if !matches!(self.0.credentials, Credentials::Cookies { .. }) {
            return Err(AuthError::BadRequest);
        }
        if !user.is_active && !how.force {
            self.emit(EventKind::InactiveUserRefused, Some(&user.id));
            return Err(AuthError::Inactive);
        }
        let mut new = self.new_log_in(user, how.remember)?;
        new.session.forced = how.force;
        if how.stale {
            new.session.authenticated_at = 0;
        }
        self.end_unclear().await?;
        let came_along = self.remember_cookie().map(|cookie| &*cookie.id);
        let replaces = (self.presented(), came_along);
        self.users()
            .begin_session(user, &new.session, new.remembered.as_ref(), replaces)
            .await?;
        self.emit(EventKind::UserLoggedIn, Some(&user.id));
        self.has_begun(user.clone(), new).await;
        Ok(())
    }

    /// A new password, and with it a new log in of this device, remembered as it was; every other one ends (ASVS 7.4.3).
    /// Both or neither: whoever logs out meanwhile is logged out after it. Confirm the log in before.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: there is no session, or it has ended meanwhile, and so has the wish of whoever was
    /// there. [`AuthError::WrongPassword`]: the password was changed meanwhile, so what was given as today's is
    /// yesterday's; or it could not be stored.
    pub async fn change_password(&self, password_hash: &str) -> Result<(), AuthError> {
        let here = self.load().await?.ok_or(AuthError::LoginRequired)?;
        let old = here.session.ok_or(AuthError::LoginRequired)?;
        let lasts = here.remembered.map(|row| row.lasts());
        let mut new = self.new_log_in(&here.user, lasts.map_or(Remember::No, Remember::For))?;
        (new.session.log_in_id, new.session.forced) = (old.log_in_id, old.forced);
        let (session, remembered) = (&new.session, new.remembered.as_ref());
        let user = self
            .users()
            .store_new_password(here.user, password_hash, &old.id, session, remembered)
            .await?;
        self.emit(EventKind::PasswordChanged, Some(&user.id));
        self.know_browser(&user)?;
        self.has_begun(user, new).await;
        Ok(())
    }

    /// The password was given once more: the log in is fresh again, under a new token (ASVS 7.2.4).
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: there is no session to confirm, or it could not be stored.
    pub async fn confirm_login(&self) -> Result<(), AuthError> {
        let loaded = self.load().await?.ok_or(AuthError::LoginRequired)?;
        let old = loaded.session.clone().ok_or(AuthError::LoginRequired)?;
        let token = random_token()?;
        let session = SessionRow {
            log_in_id: old.log_in_id.clone(),
            remember_id: old.remember_id.clone(),
            forced: old.forced,
            ..self.new_row(&loaded.user, &token)
        };
        let (users, user) = (self.users(), &loaded.user);
        if !users.confirm_session(user, &old.id, &session).await? {
            return Err(AuthError::LoginRequired);
        }
        self.put(Purpose::Session, &token, self.now(), None);
        self.emit(EventKind::UserLoginConfirmed, Some(&loaded.user.id));
        *self.0.loaded.lock().await = Some(Ok(Some(Loaded {
            session: Some(session),
            ..loaded
        })));
        Ok(())
    }

    /// Ends the session and whatever this device was remembered by, on the server first: from here on every copy of
    /// the cookies is dead.
    ///
    /// # Errors
    /// The session could not be ended; the visitor is still logged in.
    pub async fn logout_user(&self) -> Result<(), AuthError> {
        if !matches!(self.0.credentials, Credentials::Cookies { .. }) {
            return Ok(());
        }
        // A log in that this very request began is not among the cookies it brought.
        let loaded = self.load().await?;
        let begun = loaded.as_ref().and_then(|loaded| loaded.session.as_ref());
        let begun = (
            begun.map(|row| &*row.id),
            begun.and_then(|row| row.remember_id.as_deref()),
        );
        let came_along = self.remember_cookie().map(|cookie| &*cookie.id);
        for (session, remembered) in [begun, (self.presented(), came_along)] {
            if session.is_some() || remembered.is_some() {
                self.users().end_log_in(session, remembered).await?;
            }
        }
        self.end_unclear().await?;
        self.take_back(Purpose::Session);
        self.take_back(Purpose::Remember);
        let user = loaded.map(|loaded| loaded.user.id);
        self.emit(EventKind::UserLoggedOut, user.as_deref());
        *self.0.loaded.lock().await = Some(Ok(None));
        Ok(())
    }

    /// Whoever put several cookies of one name there: none of them is worth anything after this.
    async fn end_unclear(&self) -> Result<(), AuthError> {
        let Credentials::Cookies { unclear, .. } = &self.0.credentials else {
            return Ok(());
        };
        for session in &unclear.sessions {
            self.users().end_log_in(Some(session), None).await?;
        }
        for family in &unclear.families {
            self.users().end_log_in(None, Some(family)).await?;
        }
        Ok(())
    }

    /// A session of this request, as new and as fresh as can be.
    pub(super) fn new_row(&self, user: &User, token: &Token) -> SessionRow {
        let (now, id) = (self.now(), id_of(token));
        SessionRow {
            log_in_id: id.clone(),
            id,
            user_id: user.id.clone(),
            created_at: now,
            authenticated_at: now,
            seen_at: now,
            expires_at: expiry(now, now),
            remember_id: None,
            forced: false,
            user_agent: self.0.user_agent.clone(),
            address: self.0.address.clone(),
        }
    }
}

/// The earlier of the two limits that a session has.
pub(super) fn expiry(created_at: i64, seen_at: i64) -> i64 {
    (seen_at + seconds(IDLE)).min(created_at + seconds(ABSOLUTE))
}

pub(super) fn seconds(duration: Duration) -> i64 {
    duration.as_secs().cast_signed()
}
