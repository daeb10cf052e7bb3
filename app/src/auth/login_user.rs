//! Core. Begins, confirms and ends logins. The only file that puts a user's id into a session.

use std::time::Duration;

use super::config::{REMEMBER_MAX, seconds, session_expiry};
use super::error::AuthError;
use super::events::EventKind;
use super::login_manager::AuthSession;
use super::options::{LoginOptions, Remember};
use super::session::{
    Credentials, Purpose, RememberRow, Token, id_of, random_token, remember_payload,
};
use super::store::{Account, Authenticated, Change, Login, Replaced, SessionRow};
use super::throttle::Attempt;

/// A login that is about to be stored, with the tokens of its cookies.
struct PendingLogin {
    token: Token,
    session: SessionRow,
    family: Token,
    remembered: Option<RememberRow>,
}

impl PendingLogin {
    const fn of<'a>(&'a self, account: &'a Account) -> Login<'a> {
        Login {
            account,
            session: &self.session,
            remembered: self.remembered.as_ref(),
        }
    }
}

impl AuthSession {
    /// Begins a new session, and ends the session and the token family that the request brought, even another user's: a cookie
    /// that was planted or copied before the login is invalid after it (session fixation, ASVS 7.2.4).
    ///
    /// # Errors
    /// [`AuthError::Inactive`]; [`AuthError::AccountClosed`]; [`AuthError::InvalidCredentials`]: the user is gone, or the password
    /// changed since the account was read; [`AuthError::BadRequest`]: the request has an access token or comes from another site,
    /// so it has no session; or the database failed. In each case no login begins or ends.
    pub async fn login_user(
        &self,
        account: &Account,
        options: LoginOptions,
    ) -> Result<(), AuthError> {
        if !self.request().has_session() {
            return Err(AuthError::BadRequest);
        }
        let user = &account.user;
        let attempt = self.attempt().take();
        if !user.is_active && !options.force {
            if let Some(attempt) = attempt {
                attempt.reset().await?;
            }
            return Err(self.refuse_inactive(account).await);
        }
        let mut new = self.pending_login(&user.id, options.remember)?;
        new.session.forced = options.force;
        if !options.fresh {
            new.session.authenticated_at = 0;
        }
        self.end_duplicates().await?;
        let replaced = Replaced {
            session: self.request().session_id(),
            family: self.request().remember_cookie().map(|cookie| &*cookie.id),
            attempts: attempt.as_ref().map(Attempt::key),
        };
        let login = new.of(account);
        let mut write = self.store().begin_session(login, replaced).await?;
        if options.tell {
            self.tell_of_login(&mut write, account).await?;
        }
        self.commit(write).await?;
        if let Some(attempt) = attempt {
            attempt.settle();
        }
        self.request().end_kept_login(self.now());
        self.emit(EventKind::UserLoggedIn, Some(&user.id));
        self.finish_login(account.clone(), new).await;
        Ok(())
    }

    /// Stores the hash of a new password and begins a new login of this device, remembered as before; every other login of the
    /// user ends (ASVS 7.4.3). One transaction, so that a concurrent logout is not undone. Require a fresh login first.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: there is no session, or it ended concurrently; [`AuthError::WrongPassword`]: the password
    /// was changed concurrently; or the database failed.
    pub(super) async fn replace_password(&self, password_hash: &str) -> Result<(), AuthError> {
        let here = self.load().await?.ok_or(AuthError::LoginRequired)?;
        let old = here.session.ok_or(AuthError::LoginRequired)?;
        let remembered = here.remembered.as_ref();
        let remember = remembered.map_or(Remember::No, |row| Remember::For(row.duration()));
        let mut new = self.pending_login(&here.account.user.id, remember)?;
        (new.session.login_id, new.session.forced) = (old.login_id, old.forced);
        let login = new.of(&here.account);
        let changed = self.store().change_password(login, password_hash, &old.id);
        let (mut write, account) = changed.await?;
        self.tell_of(&mut write, Change::PasswordChanged, (&account.user).into())
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::PasswordChanged, Some(&account.user.id));
        self.remember_device(&account)?;
        self.finish_login(account, new).await;
        Ok(())
    }

    /// Makes the login fresh, under a new token (ASVS 7.2.4). Verify the password first.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: there is no session to confirm; or the database failed.
    pub async fn confirm_login(&self) -> Result<(), AuthError> {
        let here = self.load().await?.ok_or(AuthError::LoginRequired)?;
        let old = here.session.clone().ok_or(AuthError::LoginRequired)?;
        let token = random_token()?;
        let session = SessionRow {
            login_id: old.login_id.clone(),
            remember_id: old.remember_id.clone(),
            forced: old.forced,
            ..self.new_session(&here.user().id, &token)
        };
        let confirmed = self
            .store()
            .confirm_session(&here.account, &old.id, &session);
        if !confirmed.await? {
            return Err(AuthError::LoginRequired);
        }
        let request = self.request();
        request.set_cookie(Purpose::Session, &token, self.now(), None);
        self.emit(EventKind::UserLoginConfirmed, Some(&here.user().id));
        *self.loaded().lock().await = Some(Ok(Some(Authenticated {
            session: Some(session),
            ..here
        })));
        Ok(())
    }

    /// Ends the session and the token family of this device, in the database first: every copy of the cookies is invalid then.
    ///
    /// # Errors
    /// The database failed; the visitor is still logged in.
    pub async fn logout_user(&self) -> Result<(), AuthError> {
        if !self.request().has_session() {
            return Ok(());
        }
        // A login that this request began itself is not in the cookies that it brought.
        let here = self.load().await?;
        let begun = here.as_ref().and_then(|here| here.session.as_ref());
        let begun = (
            begun.map(|row| &*row.id),
            begun.and_then(|row| row.remember_id.as_deref()),
        );
        let family = self.request().remember_cookie().map(|cookie| &*cookie.id);
        for (session, family) in [begun, (self.request().session_id(), family)] {
            if session.is_some() || family.is_some() {
                self.store().end_login(session, family).await?;
            }
        }
        self.end_duplicates().await?;
        self.request().clear_cookie(Purpose::Session);
        self.request().clear_cookie(Purpose::Remember);
        self.request().end_kept_login(self.now());
        let user = here.map(|here| here.account.user.id);
        self.emit(EventKind::UserLoggedOut, user.as_deref());
        *self.loaded().lock().await = Some(Ok(None));
        Ok(())
    }

    /// Ends the sessions and families of cookies that were sent more than once: one of them was planted.
    async fn end_duplicates(&self) -> Result<(), AuthError> {
        let Credentials::Cookies { duplicates, .. } = &self.request().credentials else {
            return Ok(());
        };
        for session in &duplicates.sessions {
            self.store().end_login(Some(session), None).await?;
        }
        for family in &duplicates.families {
            self.store().end_login(None, Some(family)).await?;
        }
        Ok(())
    }

    /// The row of a new, fresh session of this request.
    pub(super) fn new_session(&self, user_id: &str, token: &Token) -> SessionRow {
        let (now, id) = (self.now(), id_of(token));
        SessionRow {
            login_id: id.clone(),
            id,
            user_id: user_id.to_owned(),
            created_at: now,
            authenticated_at: now,
            seen_at: now,
            expires_at: session_expiry(now, now),
            remember_id: None,
            forced: false,
            user_agent: self.request().user_agent.clone(),
            address: self.request().address.clone(),
        }
    }

    fn pending_login(&self, user_id: &str, remember: Remember) -> Result<PendingLogin, AuthError> {
        let (token, family) = (random_token()?, random_token()?);
        let mut session = self.new_session(user_id, &token);
        let duration = match remember {
            Remember::No => Duration::ZERO,
            Remember::Default => self.options().remember,
            Remember::For(duration) => duration,
        };
        let duration = Some(seconds(duration.min(REMEMBER_MAX))).filter(|&duration| duration > 0);
        let remembered = duration.map(|duration| RememberRow {
            id: id_of(family),
            user_id: user_id.to_owned(),
            generation: 0,
            confirmed: true,
            rotated_at: session.created_at,
            duration,
            expires_at: session.created_at + duration,
        });
        session.remember_id = remembered.as_ref().map(|row| row.id.clone());
        Ok(PendingLogin {
            token,
            session,
            family,
            remembered,
        })
    }

    /// Sets the cookies of a stored login, and its user for the rest of this request.
    async fn finish_login(&self, account: Account, new: PendingLogin) {
        let request = self.request();
        request.set_cookie(Purpose::Session, &new.token, self.now(), None);
        if let Some(row) = &new.remembered {
            let payload = remember_payload(&new.family, row.generation);
            let issued_at = new.session.created_at;
            let duration = Some(row.duration());
            request.set_cookie(Purpose::Remember, &payload, issued_at, duration);
        } else {
            request.clear_cookie(Purpose::Remember);
        }
        *self.loaded().lock().await = Some(Ok(Some(Authenticated {
            account,
            session: Some(new.session),
            remembered: new.remembered,
        })));
    }
}
