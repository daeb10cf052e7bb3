//! Core. Guessing passwords is slow: counted in the database, by account and by address, so that it holds across
//! servers and restarts.
//!
//! - An account waits from the fifth wrong password in a row: a second, then twice as long each time, up to a quarter
//!   of an hour (OWASP WSTG-ATHN-03). After a hundred in a row nobody gets in any more (NIST SP 800-63B-4, 3.2.2);
//!   a row ends with the right password, or when a month has passed without a wrong one.
//! - An address gets so many attempts a minute, whomever they are for.
//! - That must be no weapon against the account's owner. A browser that has logged in before carries a device cookie,
//!   and counts for itself (OWASP, "device cookies"): strangers do not lock it out. Who has none left asks whoever runs
//!   the site for `server unlock`.
//!
//! A locked account answers like a wrong password, and an unknown one counts like a known one: neither tells anything.

use std::time::Duration;

use super::client::{Client, network};
use super::config::{
    ACCOUNT_FREE, ACCOUNT_MAX, ACCOUNT_WAIT_MAX, ADDRESS_WINDOW, CLOCK_SKEW, REMEMBER_MAX,
};
use super::login_manager::seconds;
use super::signing::Purpose;
use super::token::{Token, id_of, random_token};
use super::{AuthError, EventKind, Session, UserLoader};
use crate::users::{User, Users};

/// What was tried before. Times are Unix seconds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Attempts {
    pub count: i64,
    pub since: i64,
    pub last_at: i64,
}

/// Whether one more may be made.
pub type Allowed<'a> = &'a (dyn Fn(&Attempts) -> Verdict + Send + Sync);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Counted with those before.
    Counted,
    /// Those before are forgotten: this is the first.
    First,
    /// And not counted: who goes on trying does not make it longer.
    Refused,
}

/// An attempt on an account that is being made. Tell it whether the password was looked at, and when it was right;
/// otherwise it was none: the visitor hung up, or the database was away.
pub struct Attempt {
    users: Users,
    key: String,
    at: i64,
    before: Attempts,
    made: bool,
    /// Who waits for the answer.
    pub client: Client,
}

impl Attempt {
    /// Somebody has looked at the password.
    pub const fn made(&mut self) {
        self.made = true;
    }

    /// Nobody has: the app was too busy. That is not counted against anybody.
    pub async fn not_made(&mut self) {
        self.made = true;
        // Where it cannot be written down, the database is away and nobody gets in anyway.
        let taken_back = self
            .users
            .forget_one_attempt(&self.key, self.at, &self.before);
        let _ = taken_back.await;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.made {
            let (users, key) = (self.users.clone(), std::mem::take(&mut self.key));
            let (at, before) = (self.at, self.before);
            tokio::spawn(async move { users.forget_one_attempt(&key, at, &before).await });
        }
    }
}

impl Session {
    /// Counts an attempt to log in to the account behind `name` (as it is compared), before its password is looked at.
    /// `user` is whose account it is, if there is one. A browser that is known there counts for itself; any other counts
    /// for its address, too.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`] from this address; [`AuthError::InvalidCredentials`] on this account.
    pub async fn attempt(&self, name: &str, user: Option<&User>) -> Result<Attempt, AuthError> {
        match self.device() {
            Some((known, device)) if user.is_some_and(|user| known == known_as(user)) => {
                let key = format!("device:{}", id_of(device));
                self.attempt_of(&key, Client::Known(key.clone())).await
            }
            _ => {
                self.attempt_from_here().await?;
                self.attempt_of(&account_key(name), self.client()).await
            }
        }
    }

    /// Counts an attempt under `key`.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`]: too many.
    pub async fn attempt_of(&self, key: &str, client: Client) -> Result<Attempt, AuthError> {
        let now = self.now();
        let allowed = |before: &Attempts| on_account(before, now);
        if let Some(before) = self.users().attempt(key, now, &allowed).await? {
            return Ok(Attempt {
                users: self.users().clone(),
                key: key.to_owned(),
                at: now,
                before,
                made: false,
                client,
            });
        }
        self.emit(EventKind::LoginThrottled, None);
        Err(AuthError::InvalidCredentials)
    }

    /// Counts an attempt of this address, whatever it is for.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`].
    pub async fn attempt_from_here(&self) -> Result<(), AuthError> {
        let network = self.network();
        if network.is_empty() {
            return Ok(());
        }
        self.attempt_this_minute(&format!("address:{network}"))
            .await
    }

    /// Counts an attempt under `key`, of which there may be so many a minute, right or wrong.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`].
    pub async fn attempt_this_minute(&self, key: &str) -> Result<(), AuthError> {
        let (now, most) = (self.now(), self.0.manager.options().attempts_per_minute);
        let allowed = |before: &Attempts| this_minute(before, now, most);
        if self.users().attempt(key, now, &allowed).await?.is_some() {
            return Ok(());
        }
        self.emit(EventKind::LoginThrottled, None);
        Err(AuthError::TooManyAttempts)
    }

    /// The password was right: what was wrong before is forgotten, and this browser is known from now on.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn attempt_succeeded(&self, attempt: Attempt, user: &User) -> Result<(), AuthError> {
        self.forget(attempt).await?;
        self.know_browser(user)
    }

    /// This browser counts for itself from now on, until another password is chosen.
    pub(super) fn know_browser(&self, user: &User) -> Result<(), AuthError> {
        let account = known_as(user);
        if self.device().is_none_or(|(known, _)| known != account) {
            let payload = [account, random_token()?].concat();
            self.put(Purpose::Device, &payload, self.now(), Some(REMEMBER_MAX));
        }
        Ok(())
    }

    /// What was wrong before is forgotten.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn forget(&self, attempt: Attempt) -> Result<(), AuthError> {
        self.users().forget_attempts(&attempt.key).await
    }

    /// Whose share of what everybody wants, as long as nothing more is known.
    pub fn client(&self) -> Client {
        Client::Network(self.network())
    }

    /// Empty where nobody knows.
    fn network(&self) -> String {
        self.0.address.parse().map(network).unwrap_or_default()
    }

    /// The account that this browser has logged in to before, and which browser it is.
    fn device(&self) -> Option<(Token, Token)> {
        let payload = self.0.device.as_ref()?.payload.as_slice();
        let (account, device) = payload.split_at_checked(size_of::<Token>())?;
        Some((account.try_into().ok()?, device.try_into().ok()?))
    }
}

/// What a device cookie is good for: an account under the password that was right. Whoever knew an older one is a stranger.
fn known_as(user: &User) -> Token {
    hash(&format!("{} {}", user.password_version, user.id))
}

/// What attempts of strangers on the account behind `name` are counted under.
pub fn account_key(name: &str) -> String {
    format!("account:{}", id_of(hash(name)))
}

fn on_account(before: &Attempts, now: i64) -> Verdict {
    let over = u32::try_from(before.count - ACCOUNT_FREE).ok();
    let wait = over.map_or(0, |over| {
        2_i64.saturating_pow(over).min(seconds(ACCOUNT_WAIT_MAX))
    });
    // A last attempt that is still to come was dated by the clock of another server, or by one that has been set back
    // since, and then waits for nobody.
    let waits = is_past(before.last_at, now) && now < before.last_at.saturating_add(wait);
    if before.count >= ACCOUNT_MAX || waits {
        Verdict::Refused
    } else {
        Verdict::Counted
    }
}

fn this_minute(before: &Attempts, now: i64, most: i64) -> Verdict {
    if !is_past(before.since, now) || now - before.since >= seconds(ADDRESS_WINDOW) {
        Verdict::First
    } else if before.count >= most {
        Verdict::Refused
    } else {
        Verdict::Counted
    }
}

/// As far as clocks agree.
fn is_past(time: i64, now: i64) -> bool {
    time <= now.saturating_add(seconds(CLOCK_SKEW))
}

/// How long whoever is told [`AuthError::TooManyAttempts`] should wait.
pub(super) const fn retry_after() -> Duration {
    ADDRESS_WINDOW
}

/// Nothing that was typed is stored: somebody types a password into the wrong field every day.
fn hash(name: &str) -> Token {
    use sha2::Digest;
    sha2::Sha256::digest(name).into()
}
