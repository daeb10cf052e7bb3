//! Core. The remember cookie, which begins a new session, and the device cookie, which marks a browser as known.

use super::config::{REMEMBER_MAX, SEEN_EVERY, seconds};
use super::error::AuthError;
use super::events::EventKind;
use super::login_manager::AuthSession;
use super::session::{
    Generation, Purpose, RememberCookie, RememberRow, Token, hash, random_token, remember_payload,
    time_left,
};
use super::store::{Account, Authenticated};

impl AuthSession {
    /// Begins a new session from the remember cookie. `None`: there is no cookie, or it is no longer valid.
    pub(super) async fn restore(&self) -> Result<Option<Authenticated>, AuthError> {
        let Some(cookie) = self.request().remember_cookie() else {
            return Ok(None);
        };
        let (store, now) = (self.store(), self.now());
        let Some((account, mut row)) = store.load_remembered(&cookie.id, now).await? else {
            return Ok(None);
        };
        if !account.user.is_active {
            self.emit(EventKind::InactiveUserRefused, Some(&account.user.id));
            self.request().clear_cookie(Purpose::Remember);
            return Ok(None);
        }
        let (generation, lost) = match row.judge(cookie.generation, now) {
            Generation::Current => (cookie.generation + 1, false),
            Generation::Superseded { lost } => (row.generation, lost),
            Generation::Replayed => {
                store.end_login(None, Some(&cookie.id)).await?;
                self.request().clear_cookie(Purpose::Remember);
                self.emit(EventKind::RememberStolen, Some(&account.user.id));
                return Ok(None);
            }
        };
        let token = cookie.session_token(generation);
        let mut session = self.new_session(&account.user.id, &token);
        session.authenticated_at = 0;
        session.remember_id = Some(cookie.id.clone());
        if self.options().remember_slides {
            row.expires_at = now + row.duration;
        }
        let restored = store.restore_session(&account, &session, generation, row.expires_at, lost);
        if !restored.await? {
            return Ok(None); // It ended concurrently.
        }
        let request = self.request();
        request.set_cookie(Purpose::Session, &token, self.now(), None);
        self.send_remember_cookie(cookie, generation, row.expires_at);
        self.emit(EventKind::UserLoadedFromCookie, Some(&account.user.id));
        (row.generation, row.confirmed, row.rotated_at) = (generation, false, now);
        Ok(Some(Authenticated {
            account,
            session: Some(session),
            remembered: Some(row),
        }))
    }

    /// Confirms the remember cookie of an existing session, prolongs it, and signs it again, as needed.
    pub(super) async fn keep_remembered(&self, row: &mut RememberRow) {
        let cookie = self.request().remember_cookie();
        let Some(cookie) = cookie.filter(|cookie| cookie.id == row.id) else {
            return;
        };
        let (store, now) = (self.store(), self.now());
        // The user is loaded already; a failed write is no reason to fail the request.
        if cookie.generation == row.generation && !row.confirmed {
            let confirmed = store.confirm_remembered(&row.id, row.generation).await;
            row.confirmed = confirmed.is_ok();
        }
        let slides = self.options().remember_slides;
        let mut until = row.expires_at;
        if slides {
            until = now + row.duration;
            if until - row.expires_at >= seconds(SEEN_EVERY)
                && store.prolong_remembered(&row.id, until).await.is_ok()
            {
                row.expires_at = until;
            }
        }
        if (slides || cookie.opened.needs_rotation) && cookie.generation == row.generation {
            self.send_remember_cookie(cookie, row.generation, until);
        }
    }

    fn send_remember_cookie(&self, cookie: &RememberCookie, generation: i64, expires_at: i64) {
        let now = self.now();
        let slides = self.options().remember_slides;
        let issued_at = if slides { now } else { cookie.opened.issued_at };
        let payload = remember_payload(&cookie.token, generation);
        let left = Some(time_left(expires_at, now));
        let request = self.request();
        request.set_cookie(Purpose::Remember, &payload, issued_at, left);
    }

    /// Marks this browser as known to the account until its password changes: the rate limit then counts it separately.
    pub(super) fn remember_device(&self, account: &Account) -> Result<(), AuthError> {
        let request = self.request();
        let fingerprint = device_fingerprint(account);
        if request
            .known_device()
            .is_none_or(|(known, _)| known != fingerprint)
        {
            let payload = [fingerprint, random_token()?].concat();
            request.set_cookie(Purpose::Device, &payload, self.now(), Some(REMEMBER_MAX));
        }
        Ok(())
    }
}

/// What a device cookie is bound to: an account and its password version.
pub(super) fn device_fingerprint(account: &Account) -> Token {
    hash(format!("{} {}", account.password_version, account.user.id))
}
