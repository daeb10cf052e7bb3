//! Core. The login manager: begins, confirms and ends log ins.
//! The only file that puts a user id into a session.

use std::sync::Arc;
use std::time::Duration;

use super::config::{ABSOLUTE, IDLE, REMEMBER_MAX};
use super::cookies::Cookies;
use super::messages::Texts;
use super::remember::{RememberRow, payload};
use super::session::Credentials;
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

/// How to log in: Flask-Login's arguments of `login_user`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LogIn {
    pub remember: Remember,
    /// The password was not given just now: the session begins as one that is not fresh.
    pub stale: bool,
    /// Also an inactive user, for as long as this session lasts. For administrators: every door that the user may
    /// pass stands open meanwhile, whatever the user was switched off for.
    pub force: bool,
}

/// Whether a log in outlives the browser.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Remember {
    #[default]
    No,
    /// For [`Options::remember`].
    Usual,
    For(Duration),
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
        let token = random_token()?;
        let mut session = self.new_row(user, &token);
        session.forced = how.force;
        if how.stale {
            session.authenticated_at = 0;
        }
        let family = random_token()?;
        let remembered = self.lasts(how.remember).map(|lasts| RememberRow {
            id: id_of(family),
            user_id: user.id.clone(),
            generation: 0,
            confirmed: true,
            rotated_at: session.created_at,
            lasts,
            expires_at: session.created_at + lasts,
        });
        session.remember_id = remembered.as_ref().map(|row| row.id.clone());
        let came_along = self.remember_cookie().map(|cookie| &*cookie.id);
        let replaces = (self.presented(), came_along);
        self.users()
            .begin_session(user, &session, remembered.as_ref(), replaces)
            .await?;

        self.put(Purpose::Session, &token, self.now(), None);
        if let Some(row) = &remembered {
            let lasts = Duration::from_secs(row.lasts.cast_unsigned());
            let payload = payload(&family, row.generation);
            self.put(Purpose::Remember, &payload, session.created_at, Some(lasts));
        } else {
            self.take_back(Purpose::Remember);
        }
        self.emit(EventKind::UserLoggedIn, Some(&user.id));
        *self.0.loaded.lock().await = Some(Ok(Some(Loaded {
            user: user.clone(),
            session: Some(session),
            remembered,
        })));
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
        self.take_back(Purpose::Session);
        self.take_back(Purpose::Remember);
        let user = loaded.map(|loaded| loaded.user.id);
        self.emit(EventKind::UserLoggedOut, user.as_deref());
        *self.0.loaded.lock().await = Some(Ok(None));
        Ok(())
    }

    /// A session of this request, as new and as fresh as can be.
    pub(super) fn new_row(&self, user: &User, token: &Token) -> SessionRow {
        let now = self.now();
        SessionRow {
            id: id_of(token),
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

    /// How many seconds a log in is remembered for. No time at all is not at all.
    fn lasts(&self, remember: Remember) -> Option<i64> {
        let lasts = match remember {
            Remember::No => Duration::ZERO,
            Remember::Usual => self.0.manager.options().remember,
            Remember::For(lasts) => lasts,
        };
        Some(seconds(lasts.min(REMEMBER_MAX))).filter(|&lasts| lasts > 0)
    }
}

/// The earlier of the two limits that a session has.
pub(super) fn expiry(created_at: i64, seen_at: i64) -> i64 {
    (seen_at + seconds(IDLE)).min(created_at + seconds(ABSOLUTE))
}

pub(super) fn seconds(duration: Duration) -> i64 {
    duration.as_secs().cast_signed()
}
