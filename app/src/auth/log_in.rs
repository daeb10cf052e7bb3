//! Core. How to log in, and a log in that is being begun.

use std::time::Duration;

use super::config::REMEMBER_MAX;
use super::login_manager::seconds;
use super::remember::{RememberRow, payload};
use super::signing::Purpose;
use super::token::{Token, id_of, random_token};
use super::{AuthError, Loaded, Session, SessionRow};
use crate::users::User;

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
    /// For [`Options::remember`](super::Options::remember).
    Usual,
    For(Duration),
}

/// A log in that is about to be stored, with what its cookies will hold.
pub(super) struct NewLogIn {
    token: Token,
    pub session: SessionRow,
    family: Token,
    pub remembered: Option<RememberRow>,
}

impl Session {
    pub(super) fn new_log_in(
        &self,
        user: &User,
        remember: Remember,
    ) -> Result<NewLogIn, AuthError> {
        let (token, family) = (random_token()?, random_token()?);
        let mut session = self.new_row(user, &token);
        let remembered = self.lasts(remember).map(|lasts| RememberRow {
            id: id_of(family),
            user_id: user.id.clone(),
            generation: 0,
            confirmed: true,
            rotated_at: session.created_at,
            lasts,
            expires_at: session.created_at + lasts,
        });
        session.remember_id = remembered.as_ref().map(|row| row.id.clone());
        Ok(NewLogIn {
            token,
            session,
            family,
            remembered,
        })
    }

    /// It is stored: the browser hears of it, and so does everybody who asks in this request.
    pub(super) async fn has_begun(&self, user: User, new: NewLogIn) {
        self.put(Purpose::Session, &new.token, self.now(), None);
        if let Some(row) = &new.remembered {
            let payload = payload(&new.family, row.generation);
            let issued_at = new.session.created_at;
            self.put(Purpose::Remember, &payload, issued_at, Some(row.lasts()));
        } else {
            self.take_back(Purpose::Remember);
        }
        *self.0.loaded.lock().await = Some(Ok(Some(Loaded {
            user,
            session: Some(new.session),
            remembered: new.remembered,
        })));
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
