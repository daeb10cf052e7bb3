//! Core. Loads the user of a request, at most once: the first caller waits for the query, later ones get its result.

use super::config::{SEEN_EVERY, seconds, session_expiry};
use super::error::AuthError;
use super::events::EventKind;
use super::login_manager::AuthSession;
use super::options::Protection;
use super::records::CurrentUser;
use super::session::{Credentials, Purpose, browser};
use super::store::{Authenticated, SessionRow};

impl AuthSession {
    /// The current user: a guest without a query if there is no valid cookie, else loaded with one query.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`], or the database failed. An error is neither a guest nor a user: do not treat it as one.
    pub async fn load_user(&self) -> Result<CurrentUser, AuthError> {
        if let Some(here) = self.load().await? {
            return Ok(CurrentUser::User(here.account.user));
        }
        let guest = self.options().anonymous_user;
        Ok(CurrentUser::Guest(guest(&self.request().headers)))
    }

    /// The user with the session; `None` for a guest.
    ///
    /// # Errors
    /// As [`Self::load_user`].
    pub async fn load(&self) -> Result<Option<Authenticated>, AuthError> {
        if matches!(self.request().credentials, Credentials::Ignored { .. }) {
            return Ok(None);
        }
        let mut loaded = self.loaded().lock().await;
        if let Some(loaded) = &*loaded {
            return loaded.clone();
        }
        self.set_personal();
        self.emit(EventKind::UserAccessed, None);
        let user = self.load_from_credentials().await;
        *loaded = Some(user.clone());
        user
    }

    /// Whether the password was given recently, in this session.
    ///
    /// # Errors
    /// As [`Self::load_user`].
    pub async fn login_fresh(&self) -> Result<bool, AuthError> {
        let session = self.load().await?.and_then(|here| here.session);
        let fresh = seconds(self.options().fresh);
        Ok(session.is_some_and(|row| self.now() - row.authenticated_at < fresh))
    }

    /// Whether this device is remembered by the login of this session.
    ///
    /// # Errors
    /// As [`Self::load_user`].
    pub async fn login_remembered(&self) -> Result<bool, AuthError> {
        let remembered = self.load().await?.and_then(|here| here.remembered);
        let cookie = self.request().remember_cookie();
        Ok(remembered.is_some_and(|row| cookie.is_some_and(|cookie| cookie.id == row.id)))
    }

    async fn load_from_credentials(&self) -> Result<Option<Authenticated>, AuthError> {
        let invalid = match &self.request().credentials {
            Credentials::Ignored { .. } | Credentials::Foreign => return Ok(None),
            Credentials::Bearer(token) => return self.load_from_token(token).await,
            Credentials::Cookies { invalid, .. } => *invalid,
        };
        if invalid {
            self.emit(EventKind::CookieTampered, None);
        }
        match self.load_from_session().await? {
            Some(here) if self.cookies_conflict(&here).await? => {
                self.emit(EventKind::CookieTampered, Some(&here.user().id));
                Ok(None)
            }
            Some(here) => Ok(self.active(here)),
            None => self.restore().await,
        }
    }

    async fn load_from_token(&self, hash: &str) -> Result<Option<Authenticated>, AuthError> {
        let account = if hash.is_empty() {
            None
        } else {
            let store = self.store();
            store.load_user_from_request(hash, self.now()).await?
        };
        let Some(account) = account else {
            self.emit(EventKind::TokenRefused, None);
            self.reject_token();
            return Err(AuthError::InvalidToken);
        };
        let id = Some(&*account.user.id);
        if !account.user.is_active {
            self.emit(EventKind::InactiveUserRefused, id);
            self.reject_token();
            return Err(AuthError::InvalidToken);
        }
        self.emit(EventKind::UserLoadedFromRequest, id);
        Ok(Some(Authenticated {
            account,
            session: None,
            remembered: None,
        }))
    }

    async fn load_from_session(&self) -> Result<Option<Authenticated>, AuthError> {
        let Some(id) = self.request().session_id() else {
            return Ok(None);
        };
        let (store, now) = (self.store(), self.now());
        // A cookie without a row is left to expire. Removing it would race with the login of another tab: the late response
        // to the old cookie would remove the new one.
        let Some(mut here) = store.load_user(id, now).await? else {
            return Ok(None);
        };
        let Some(row) = &mut here.session else {
            return Ok(None);
        };
        if !self.protect(row).await? {
            return Ok(None);
        }
        self.request().rotate_signatures(now);
        if now - row.seen_at >= seconds(SEEN_EVERY) {
            let expires_at = session_expiry(row.created_at, now);
            // The user is loaded already; a failed write is no reason to fail the request.
            if store.touch_session(id, now, expires_at).await.is_ok() {
                (row.seen_at, row.expires_at) = (now, expires_at);
            }
        }
        if let Some(row) = &mut here.remembered {
            self.keep_remembered(row).await;
        }
        Ok(Some(here))
    }

    /// Whether the request also has a remember cookie of another user: one of the two was planted, and neither is accepted.
    async fn cookies_conflict(&self, here: &Authenticated) -> Result<bool, AuthError> {
        let family = here.remembered.as_ref().map(|row| &row.id);
        let cookie = self.request().remember_cookie();
        let Some(other) = cookie.filter(|cookie| Some(&cookie.id) != family) else {
            return Ok(false);
        };
        let other = self.store().load_remembered(&other.id, self.now()).await?;
        Ok(other.is_some_and(|(account, _)| account.user.id != here.user().id))
    }

    /// Applies [`Protection`] to a session in another browser. `false`: it has ended.
    async fn protect(&self, row: &mut SessionRow) -> Result<bool, AuthError> {
        let protection = self.options().protection;
        let here = &self.request().user_agent;
        if protection == Protection::Off || browser(here) == browser(&row.user_agent) {
            return Ok(true);
        }
        let store = self.store();
        if protection == Protection::Strong {
            if store.delete_session(&row.id).await? {
                self.emit(EventKind::SessionProtected, Some(&row.user_id));
            }
            return Ok(false);
        }
        // In this request the session is not fresh, even if the write fails.
        let demoted = store.demote_session(&row.id, &row.user_agent, here).await;
        if demoted == Ok(true) {
            self.emit(EventKind::SessionProtected, Some(&row.user_id));
        }
        row.authenticated_at = 0;
        row.user_agent.clone_from(here);
        Ok(true)
    }

    fn active(&self, here: Authenticated) -> Option<Authenticated> {
        let forced = here.session.as_ref().is_some_and(|row| row.forced);
        if here.user().is_active || forced {
            return Some(here);
        }
        self.emit(EventKind::InactiveUserRefused, Some(&here.user().id));
        self.request().clear_cookie(Purpose::Session);
        self.request().clear_cookie(Purpose::Remember);
        None
    }
}
