//! Core. Who is there: answered once a request, for the first who asks and for everybody after.

use std::sync::atomic::Ordering;

use super::client::browser;
use super::config::SEEN_EVERY;
use super::credentials::Credentials;
use super::login_manager::{expiry, seconds};
use super::signing::Purpose;
use super::{
    AuthError, CurrentUser, EventKind, Loaded, Protection, Session, SessionRow, UserLoader,
};
use crate::users::Guest;

impl Session {
    /// Who is there. The first to ask waits for the one query of this request; everybody after that,
    /// and everybody without a cookie, gets the answer at once.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`], or the database could not answer. That is neither a guest nor a user: do not
    /// treat it as one.
    pub async fn load_user(&self) -> Result<CurrentUser, AuthError> {
        Ok(match self.load().await? {
            Some(loaded) => CurrentUser::User(loaded.user),
            None => CurrentUser::Guest(self.guest()),
        })
    }

    /// The user with the session that says so. See [`Self::load_user`].
    ///
    /// # Errors
    /// As there.
    pub async fn load(&self) -> Result<Option<Loaded>, AuthError> {
        if matches!(self.0.credentials, Credentials::Unasked { .. }) {
            return Ok(None);
        }
        let mut loaded = self.0.loaded.lock().await;
        if let Some(loaded) = &*loaded {
            return loaded.clone();
        }
        self.0.asked.store(true, Ordering::Release);
        self.emit(EventKind::UserAccessed, None);
        let answer = self.ask_the_user_loader().await;
        *loaded = Some(answer.clone());
        answer
    }

    /// Whether the password was given lately, in this very session.
    ///
    /// # Errors
    /// As [`Self::load_user`].
    pub async fn login_fresh(&self) -> Result<bool, AuthError> {
        let session = self.load().await?.and_then(|loaded| loaded.session);
        let fresh = seconds(self.0.manager.options().fresh);
        Ok(session.is_some_and(|row| self.now() - row.authenticated_at < fresh))
    }

    async fn ask_the_user_loader(&self) -> Result<Option<Loaded>, AuthError> {
        match &self.0.credentials {
            Credentials::Unasked { .. } => Ok(None),
            Credentials::Bearer(token) => self.load_from_request(token).await,
            Credentials::Cookies { tampered, .. } => {
                if *tampered {
                    self.emit(EventKind::CookieTampered, None);
                }
                match self.load_from_session().await? {
                    Some(loaded) if self.is_of_two_users(&loaded).await? => {
                        self.emit(EventKind::CookieTampered, Some(&loaded.user.id));
                        Ok(None)
                    }
                    Some(loaded) => Ok(self.active(loaded)),
                    None => self.restore().await,
                }
            }
        }
    }

    async fn load_from_session(&self) -> Result<Option<Loaded>, AuthError> {
        let Some(id) = self.presented() else {
            return Ok(None);
        };
        let (users, now) = (self.users(), self.now());
        // A cookie whose row is gone is left to expire. Taking it back would race with the log in of another tab:
        // the late answer to the old cookie would remove the new one.
        let Some(mut loaded) = users.load_user(id, now).await? else {
            return Ok(None);
        };
        let Some(row) = &mut loaded.session else {
            return Ok(None);
        };
        if !self.protect(row).await? {
            return Ok(None);
        }
        self.renew_cookies();
        if now - row.seen_at >= seconds(SEEN_EVERY) {
            let expires_at = expiry(row.created_at, now);
            // Who is there is known by now, also when it cannot be written down.
            if users.touch_session(id, now, expires_at).await.is_ok() {
                (row.seen_at, row.expires_at) = (now, expires_at);
            }
        }
        if let Some(row) = &mut loaded.remembered {
            self.keep_remembered(row).await;
        }
        Ok(Some(loaded))
    }

    /// A remember cookie of another user came along: somebody has put one of the two there, and neither is believed.
    async fn is_of_two_users(&self, loaded: &Loaded) -> Result<bool, AuthError> {
        let family = loaded.remembered.as_ref().map(|row| &row.id);
        let Some(other) = self
            .remember_cookie()
            .filter(|cookie| Some(&cookie.id) != family)
        else {
            return Ok(false);
        };
        let other = self.users().load_remembered(&other.id, self.now()).await?;
        Ok(other.is_some_and(|(user, _)| user.id != loaded.user.id))
    }

    /// What [`Protection`] says to a session from another browser. `false`: it has ended.
    async fn protect(&self, row: &mut SessionRow) -> Result<bool, AuthError> {
        let protection = self.0.manager.options().protection;
        let here = &self.0.user_agent;
        if protection == Protection::Off || browser(here) == browser(&row.user_agent) {
            return Ok(true);
        }
        let users = self.users();
        if protection == Protection::Strong {
            if users.end_session(&row.id).await? {
                self.emit(EventKind::SessionProtected, Some(&row.user_id));
            }
            return Ok(false);
        }
        // Not fresh here, also when it cannot be written down.
        let demoted = users.demote_session(&row.id, &row.user_agent, here).await;
        if demoted == Ok(true) {
            self.emit(EventKind::SessionProtected, Some(&row.user_id));
        }
        row.authenticated_at = 0;
        row.user_agent.clone_from(here);
        Ok(true)
    }

    fn active(&self, loaded: Loaded) -> Option<Loaded> {
        let forced = loaded.session.as_ref().is_some_and(|row| row.forced);
        if loaded.user.is_active || forced {
            return Some(loaded);
        }
        self.emit(EventKind::InactiveUserRefused, Some(&loaded.user.id));
        self.take_back(Purpose::Session);
        self.take_back(Purpose::Remember);
        None
    }

    fn guest(&self) -> Guest {
        (self.0.manager.options().anonymous_user)(&self.0.headers)
    }
}
