//! Core. This room knows what an account's user and the site's operator may do with it. It asks the manager and the store.

mod operator;

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::auth::config::{TOKEN_DAYS_MAX, TOKEN_NAME_MAX};
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::letters::Affected;
use crate::auth::login_manager::AuthSession;
use crate::auth::password::{Client, Passwords};
use crate::auth::records::{AccessToken, ActiveSession, HistoryEntry};
use crate::auth::session::new_access_token;
use crate::auth::store::{Authenticated, Change, visible_text};
use crate::users::User;

const DAY: i64 = 24 * 60 * 60;

impl AuthSession {
    /// The user's logins, one per device, most recently seen first.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn active_sessions(&self) -> Result<Vec<ActiveSession>, AuthError> {
        let here = self.here().await?;
        self.store().active_sessions(&here, self.now()).await
    }

    /// Ends one login of the user, by its id in [`Self::active_sessions`]. It is not an error if it has ended already.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn end_session(&self, id: &str) -> Result<(), AuthError> {
        let here = self.here().await?;
        if self.store().end_active_session(&here, id).await? {
            self.emit(EventKind::SessionEnded, Some(&here.user().id));
        }
        Ok(())
    }

    /// Ends every login of the user but this one (ASVS 7.5.2).
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn end_other_sessions(&self) -> Result<(), AuthError> {
        let here = self.here().await?;
        self.store().end_other_sessions(&here).await?;
        self.emit(EventKind::SessionEnded, Some(&here.user().id));
        Ok(())
    }

    /// The user's access tokens that have not expired, newest first.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn access_tokens(&self) -> Result<Vec<AccessToken>, AuthError> {
        let here = self.here().await?;
        self.store().tokens(&here.user().id, self.now()).await
    }

    /// Creates an access token for the user, valid for `days` days. Only its hash is stored, so it cannot be shown again.
    ///
    /// # Errors
    /// [`AuthError::InvalidTokenName`], [`AuthError::InvalidDays`], [`AuthError::TooManyTokens`];
    /// [`AuthError::LoginRequired`]; or the database failed.
    pub async fn create_access_token(
        &self,
        name: &str,
        days: i64,
    ) -> Result<SecretString, AuthError> {
        let name = visible_text(name, TOKEN_NAME_MAX).ok_or(AuthError::InvalidTokenName)?;
        if !(1..=TOKEN_DAYS_MAX).contains(&days) {
            return Err(AuthError::InvalidDays);
        }
        let here = self.here().await?;
        let (token, hash) = new_access_token()?;
        let now = self.now();
        let stored = self
            .store()
            .insert_token(&here, &name, &hash, now, now + days * DAY);
        let mut write = stored.await?;
        let affected = Affected::from(here.user());
        self.tell_of(&mut write, Change::AccessTokenCreated, affected)
            .await?;
        self.commit(write).await?;
        self.emit(EventKind::AccessTokenCreated, Some(&here.user().id));
        Ok(token)
    }

    /// Revokes an access token of the user. It is not an error if it is revoked already.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn revoke_access_token(&self, id: &str) -> Result<(), AuthError> {
        let here = self.here().await?;
        let user_id = &here.user().id;
        if self.store().delete_token(user_id, id).await? {
            self.emit(EventKind::AccessTokenRevoked, Some(user_id));
        }
        Ok(())
    }

    /// Changes the password of the logged-in user, if `current` is theirs (ASVS 6.2.3), and ends all their other logins.
    ///
    /// # Errors
    /// As [`Self::check_password`], also if the password was changed concurrently; the new one breaks a rule;
    /// [`AuthError::PasswordUnchanged`]; [`AuthError::LoginRequired`]: there is no session, or it ended concurrently.
    pub async fn change_password(
        &self,
        current: &SecretString,
        password: &SecretString,
    ) -> Result<(), AuthError> {
        self.check_password(current).await?;
        self.confirm_login().await?;
        if Passwords::are_equal(current, password) {
            return Err(AuthError::PasswordUnchanged);
        }
        let here = self.here().await?;
        let client = Client::Known(here.user().id.clone());
        let hash = self.new_hash(here.user(), password, &client).await?;
        Box::pin(self.replace_password(&hash)).await
    }

    /// The hash of a new password of `user`.
    ///
    /// # Errors
    /// The password breaks a rule, or [`AuthError::Busy`].
    pub(in crate::auth) async fn new_hash(
        &self,
        user: &User,
        password: &SecretString,
        client: &Client,
    ) -> Result<String, AuthError> {
        let own = self.words_of(user);
        self.passwords().hash_new(password, &own, client).await
    }

    /// Whether `user` may choose `password`.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check_new_password(
        &self,
        user: &User,
        password: &SecretString,
    ) -> Result<(), AuthError> {
        Passwords::check_new(password, &self.words_of(user))
    }

    fn words_of<'a>(&'a self, user: &'a User) -> Vec<&'a str> {
        let mut own = user.words();
        own.extend([&*user.email, self.site()]);
        own
    }

    /// What has happened to the user's account lately, the newest first.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn history(&self) -> Result<Vec<HistoryEntry>, AuthError> {
        let here = self.here().await?;
        self.store().history(&here.user().id).await
    }

    /// All that is stored of the logged-in user: `{"user": {..}, "sessions": [..], ..}`, a list for each table of the login. Add
    /// those of the app's own tables. Times are Unix seconds.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn export(&self) -> Result<Map<String, Value>, AuthError> {
        let here = self.here().await?;
        let user = serde_json::to_value(here.user()).map_err(|_| AuthError::Unexpected)?;
        let tables = self.store().export(&here.user().id).await?;
        let tables = tables
            .into_iter()
            .map(|(name, rows)| (name.to_owned(), rows));
        Ok([("user".to_owned(), user)]
            .into_iter()
            .chain(tables)
            .collect())
    }

    /// Deletes the user with all sessions, access tokens and rows that refer to the user, and logs this browser out. Where accounts
    /// can be kept ([`Self::days_to_keep`]), the account is closed first, and deleted later.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`], or the database failed.
    pub async fn delete_account(&self) -> Result<(), AuthError> {
        let here = self.here().await?;
        if let Some(days) = self.days_to_keep() {
            self.close_account(&here, days).await?;
        } else {
            self.delete_user(&here.user().id, None).await?;
        }
        self.logout_user().await
    }

    async fn here(&self) -> Result<Authenticated, AuthError> {
        self.load().await?.ok_or(AuthError::LoginRequired)
    }
}
