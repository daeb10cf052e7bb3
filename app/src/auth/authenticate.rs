//! Core. Passwords: at a login, a confirmation and a sign-up. An attempt is counted before its password is verified.

use secrecy::{ExposeSecret, SecretString};

use super::config::ACCOUNT_FREE;
use super::error::AuthError;
use super::events::EventKind;
use super::login_manager::AuthSession;
use super::password::Client;
use super::remember_me::device_fingerprint;
use super::session::{id_of, random_id};
use super::store::{Account, Email, Key, Store};
use super::throttle::{Attempt, Refused};
use crate::database::WriteTransaction;
use crate::error::Error;
use crate::users::{User, row};

/// A sign-up that is not committed yet.
pub struct SignUp {
    auth: AuthSession,
    /// Insert the app's own rows of the new user with it.
    pub write: WriteTransaction,
    /// The new user; `None` if the address is taken. Do not let the visitor see the difference (ASVS 6.3.8).
    pub user: Option<User>,
}

impl SignUp {
    /// # Errors
    /// The database failed; no user was created.
    pub async fn commit(self) -> Result<(), AuthError> {
        self.write.commit().await?;
        self.auth.emit(EventKind::SignedUp, None);
        Ok(())
    }
}

impl AuthSession {
    /// Verifies an e-mail address and a password, and returns the account.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] for a wrong password, an unknown address and an account that waits alike;
    /// [`AuthError::TooManyAttempts`] from this address; [`AuthError::Busy`]; or the database failed.
    pub async fn authenticate(
        &self,
        email: &str,
        password: &SecretString,
    ) -> Result<Account, AuthError> {
        let email = Email::read(email)?;
        let key = &email.key;
        require_password(password)?;
        let (account, hash) = self.store().find(key).await?.unzip();
        // An earlier attempt of this request, whose turn would not end.
        drop(self.attempt().take());
        let attempt = self.begin_login(key, account.as_ref()).await?;
        let is_unknown_browser = attempt.key() == Key::account(key).text();
        let warns = is_unknown_browser && attempt.failures() >= ACCOUNT_FREE;
        // For the log only, so that it shows which account is attacked.
        let id = account.as_ref().map(|account| account.user.id.clone());
        let verified = self.verify(attempt, password, hash.clone()).await?;
        if warns && verified.is_none() {
            self.warn_of_attempts(&email, account.as_ref()).await;
        }
        let (Some(attempt), Some(account)) = (verified, account) else {
            self.emit(EventKind::LoginFailed, id.as_deref());
            return Err(AuthError::InvalidCredentials);
        };
        *self.attempt() = Some(attempt);
        self.remember_device(&account)?;
        if let Some(hash) = hash.filter(|hash| self.passwords().needs_rehash(hash)) {
            self.rehash(&account.user.id, password, &hash).await;
        }
        Ok(account)
    }

    /// Whether `password` is the logged-in user's.
    ///
    /// # Errors
    /// [`AuthError::WrongPassword`]; [`AuthError::TryAgainIn`] or [`AuthError::PasswordLocked`] after several of these;
    /// [`AuthError::TooManyAttempts`] of this user; [`AuthError::LoginRequired`] without a session, so that an access token cannot
    /// be used to guess the password; [`AuthError::Busy`]; or the database failed.
    pub async fn check_password(&self, password: &SecretString) -> Result<(), AuthError> {
        let here = self.load().await?.ok_or(AuthError::LoginRequired)?;
        if here.session.is_none() {
            return Err(AuthError::LoginRequired);
        }
        require_password(password)?;
        let id = &here.user().id;
        let keys = [Key::User(id.clone()), Key::Confirm(id.clone())];
        let client = Client::Known(id.clone());
        let attempt = self.begin(&keys, client, Refused::for_user).await?;
        let hash = self.store().password_hash(id).await?;
        let Some(attempt) = self.verify(attempt, password, hash).await? else {
            self.emit(EventKind::LoginFailed, Some(id));
            return Err(AuthError::WrongPassword);
        };
        attempt.reset().await
    }

    /// Creates an active user with a new `id`; the app's own fields are those of `user`. If the address is taken nothing
    /// changes, and the result and the time are the same (no user enumeration).
    ///
    /// # Errors
    /// A field breaks a rule; [`AuthError::TooManyAttempts`]; [`AuthError::Busy`]; or the database failed.
    pub async fn sign_up(&self, user: User, password: &SecretString) -> Result<(), Error> {
        Ok(self.begin_sign_up(user, password).await?.commit().await?)
    }

    /// As [`Self::sign_up`], in a transaction to which the app adds its own rows before it commits.
    ///
    /// # Errors
    /// As [`Self::sign_up`].
    pub async fn begin_sign_up(
        &self,
        user: User,
        password: &SecretString,
    ) -> Result<SignUp, Error> {
        self.count_request().await?;
        let mut user = row::check(user)?;
        let email = Email::read(&user.email)?;
        (user.id, user.email, user.is_active) = (random_id()?, email.typed, true);
        let hash = self.new_hash(&user, password, &self.client()).await?;
        let mut write = self.store().database.begin_write().await?;
        let inserted = Store::insert_user(&mut write, &user, &email.key, &hash, self.now()).await?;
        Ok(SignUp {
            auth: self.clone(),
            write,
            user: inserted.then_some(user),
        })
    }

    /// Counts a request that costs a hash or a mail, for the client's address.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`], or the database failed.
    pub(super) async fn count_request(&self) -> Result<(), AuthError> {
        let Some(key) = self.address_key() else {
            return Ok(());
        };
        let counted = self.throttle().count_one(key, self.now()).await;
        counted.map_err(|refused| self.log_refused(refused).for_guest())
    }

    /// Counts an attempt on the account with `email_key`. A browser with a device cookie for this account has its own counter;
    /// any other attempt counts for the account and for the client's address.
    async fn begin_login(
        &self,
        email_key: &str,
        account: Option<&Account>,
    ) -> Result<Attempt, AuthError> {
        if let (Some((known, device)), Some(account)) = (self.request().known_device(), account)
            && known == device_fingerprint(account)
        {
            let key = Key::Device(id_of(device));
            let client = Client::Known(key.text());
            return self.begin(&[key], client, Refused::for_guest).await;
        }
        let mut keys: Vec<Key> = self.address_key().into_iter().collect();
        keys.push(Key::account(email_key));
        self.begin(&keys, self.client(), Refused::for_guest).await
    }

    /// Counts an attempt under each of `keys`. Its outcome, right or wrong, applies to the last one.
    async fn begin(
        &self,
        keys: &[Key],
        client: Client,
        tell: fn(Refused) -> AuthError,
    ) -> Result<Attempt, AuthError> {
        let attempt = self.throttle().begin(keys, client, self.now()).await;
        attempt.map_err(|refused| tell(self.log_refused(refused)))
    }

    fn log_refused(&self, refused: Refused) -> Refused {
        if matches!(refused, Refused::Limit(_)) {
            self.emit(EventKind::LoginThrottled, None);
        }
        refused
    }

    /// `None` if the client's address is unknown.
    fn address_key(&self) -> Option<Key> {
        let network = self.network();
        (!network.is_empty()).then_some(Key::Address(network))
    }

    /// Verifies the password of a counted attempt. `None` if it is wrong; the attempt stays counted.
    async fn verify(
        &self,
        mut attempt: Attempt,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<Option<Attempt>, AuthError> {
        // Empty: the password was ended, and the user has not set another one by a link.
        let hash = hash.filter(|hash| !hash.is_empty());
        let verified = self
            .passwords()
            .verify(password, hash, &attempt.client)
            .await;
        match verified {
            Ok(true) => {
                attempt.right();
                Ok(Some(attempt))
            }
            Ok(false) => {
                attempt.settle();
                Ok(None)
            }
            Err(error) => {
                attempt.release().await;
                Err(error)
            }
        }
    }

    /// Hashes the password again with the current parameters. The login succeeds even if this fails.
    async fn rehash(&self, user_id: &str, password: &SecretString, old: &str) {
        let client = Client::Known(user_id.to_owned());
        let Ok(new) = self.passwords().hash(password, &client).await else {
            return;
        };
        if let Err(error) = self.store().rehash(user_id, old, &new).await {
            tracing::warn!(?error, user = user_id, "rehashing a password failed");
        }
    }
}

/// Rejects an empty password before anything is counted or looked up.
fn require_password(password: &SecretString) -> Result<(), AuthError> {
    let empty = password.expose_secret().is_empty();
    (!empty).then_some(()).ok_or(AuthError::MissingPassword)
}
