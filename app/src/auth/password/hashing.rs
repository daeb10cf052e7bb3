//! Core. Hashes and verifies passwords: normalises them, applies the rules, and uses the queue.

use std::sync::Arc;

pub use argon2::Params as Cost;
use argon2::password_hash::phc::PasswordHash;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::argon2id;
use super::fair_semaphore::Client;
use super::hash_queue::HashQueue;
use super::rules::refusal;
use super::secret::Password;
use crate::auth::config::PASSWORD_MAX;
use crate::auth::error::AuthError;

/// The only way to hash or verify a password. Cheap to clone; all clones share one queue.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    queue: Arc<HashQueue>,
}

impl Passwords {
    /// `cost` is `Cost::default()` unless there is a reason: OWASP's minimum, 19 MiB and two passes in one lane.
    ///
    /// # Panics
    /// The system cannot start threads.
    pub fn new(cost: Cost) -> Self {
        Self {
            cost,
            queue: Arc::new(HashQueue::new()),
        }
    }

    /// Hashes a newly chosen password, as a PHC string. `own` are the user's own words: name, address.
    ///
    /// # Errors
    /// The password breaks a rule, or the queue is full.
    pub async fn hash_new(
        &self,
        password: &SecretString,
        own: &[&str],
        client: &Client,
    ) -> Result<String, AuthError> {
        Self::check_new(password, own)?;
        self.hash(password, client).await
    }

    /// Whether a password may be chosen. `own` are the user's own words.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check_new(password: &SecretString, own: &[&str]) -> Result<(), AuthError> {
        let password = normalise(password).ok_or(AuthError::PasswordTooLong)?;
        let own: Vec<String> = own.iter().map(|text| text.nfc().collect()).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        refusal(password.expose_secret(), &own).map_or(Ok(()), Err)
    }

    /// Hashes a password that is in use already, without checking the rules.
    ///
    /// # Errors
    /// The queue is full.
    pub async fn hash(
        &self,
        password: &SecretString,
        client: &Client,
    ) -> Result<String, AuthError> {
        let password = normalise(password).ok_or(AuthError::PasswordTooLong)?;
        let cost = self.cost.clone();
        let work = move || {
            let hash = argon2id::hash(&password, &cost);
            hash.map(|hash| hash.to_string()).map_err(unexpected)
        };
        self.queue.run(client, work).await?
    }

    /// Whether `hash` is of `password`. Without a hash the answer is `false`, after the same time (no user enumeration).
    ///
    /// # Errors
    /// The queue is full.
    pub async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
        client: &Client,
    ) -> Result<bool, AuthError> {
        // A password that is too long was never accepted, so it is wrong. Verifying it takes as long as any other.
        let password = normalise(password).unwrap_or_default();
        let hash = hash.and_then(|hash| {
            let usable = PasswordHash::new(&hash)
                .ok()
                .filter(argon2id::within_limits);
            if usable.is_none() {
                tracing::error!("a stored password hash is unsupported or too expensive");
            }
            usable
        });
        let hash = match hash {
            Some(hash) => hash,
            None => argon2id::dummy_hash(&self.cost).map_err(unexpected)?,
        };
        let work = move || argon2id::verify(&hash, &password);
        self.queue.run(client, work).await
    }

    /// Whether two passwords are the same one. Not in constant time: one client sent both, and learns nothing from it.
    pub fn are_equal(one: &SecretString, other: &SecretString) -> bool {
        let (one, other) = (normalise(one), normalise(other));
        let mut both = one.iter().zip(&other);
        both.any(|(one, other)| one.expose_secret() == other.expose_secret())
    }

    /// Whether `hash` has other parameters than the current ones, so that the password should be hashed again.
    pub fn needs_rehash(&self, hash: &str) -> bool {
        PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Cost::try_from(&hash).ok())
            .is_none_or(|cost| {
                (cost.m_cost(), cost.t_cost()) != (self.cost.m_cost(), self.cost.t_cost())
            })
    }
}

fn unexpected(error: argon2::password_hash::Error) -> AuthError {
    tracing::error!(%error, "hashing a password failed");
    AuthError::Unexpected
}

impl From<Password> for SecretString {
    fn from(password: Password) -> Self {
        String::from(password).into()
    }
}

/// NFC, when a password is chosen and when it is verified: two keyboards may compose the same letters differently (NIST
/// SP 800-63B-4, 3.1.1.2). Nothing else is changed. The limit comes first, since normalising takes time; a code point has at
/// most four bytes. `None`: too long.
fn normalise(password: &SecretString) -> Option<SecretString> {
    let password = password.expose_secret();
    (password.len() <= 4 * PASSWORD_MAX)
        .then(|| SecretString::from(password.nfc().collect::<String>()))
}
