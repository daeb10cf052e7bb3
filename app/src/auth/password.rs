//! Core. Hash and verify passwords: argon2id, one door.

use std::sync::Arc;

pub use argon2::Params as Cost;
use argon2::password_hash::phc::PasswordHash;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::config::PASSWORD_MAX;
use super::hash_queue::HashQueue;
use super::password_rules::refusal;
use super::{AuthError, Client, Password, argon2id};

/// The only door to argon2. Cheap to clone; all clones share one queue.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    queue: Arc<HashQueue>,
}

impl Passwords {
    /// `cost` is `Cost::default()` unless there is a reason: OWASP's least, 19 MiB and two passes in one lane.
    ///
    /// # Panics
    /// The system has no threads to give.
    pub fn new(cost: Cost) -> Self {
        Self {
            cost,
            queue: Arc::new(HashQueue::new()),
        }
    }

    /// Hashes a password that somebody chose, as a PHC string. `own` is what is known of its user, `client` who waits
    /// for the hash.
    ///
    /// # Errors
    /// The password breaks a rule, or the queue is full.
    pub async fn hash_new(
        &self,
        password: &SecretString,
        own: &[&str],
        client: &Client,
    ) -> Result<String, AuthError> {
        let password = normalise(password).ok_or(AuthError::PasswordTooLong)?;
        let own: Vec<String> = own.iter().map(|text| text.nfc().collect()).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        if let Some(refusal) = refusal(password.expose_secret(), &own) {
            return Err(refusal);
        }
        self.hash(&password, client).await
    }

    /// Hashes a password that is in use already, whatever the rules say of it today.
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

    /// Whether `password` is the one behind `hash`. With no hash the answer is no, at the same cost.
    ///
    /// # Errors
    /// The queue is full.
    pub async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
        client: &Client,
    ) -> Result<bool, AuthError> {
        // Too long was never accepted, so it is wrong; it costs a hash like anything else that is wrong.
        let password = normalise(password).unwrap_or_default();
        let hash = hash.and_then(|hash| {
            let usable = PasswordHash::new(&hash).ok().filter(argon2id::is_bearable);
            if usable.is_none() {
                tracing::error!("a stored password hash cannot be used");
            }
            usable
        });
        // So that an unknown address costs what a wrong password costs.
        let hash = match hash {
            Some(hash) => hash,
            None => argon2id::nobody_s(&self.cost).map_err(unexpected)?,
        };
        let work = move || argon2id::is_of(&hash, &password);
        self.queue.run(client, work).await
    }

    /// Whether `hash` was made at another cost than today's: hash anew while the password is at hand.
    pub fn is_outdated(&self, hash: &str) -> bool {
        PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Cost::try_from(&hash).ok())
            .is_none_or(|cost| {
                (cost.m_cost(), cost.t_cost()) != (self.cost.m_cost(), self.cost.t_cost())
            })
    }
}

fn unexpected(error: argon2::password_hash::Error) -> AuthError {
    tracing::error!(%error, "a password could not be hashed");
    AuthError::Unexpected
}

impl From<Password> for SecretString {
    fn from(password: Password) -> Self {
        password.0.into()
    }
}

/// NFC, once, at set and at verify: the same letters typed on two keyboards are one password (NIST, same place).
/// Nothing else is changed. The bound comes first, since normalising takes time of its own; a code point has
/// at most four bytes. `None` is too long.
fn normalise(password: &SecretString) -> Option<SecretString> {
    let password = password.expose_secret();
    (password.len() <= 4 * PASSWORD_MAX)
        .then(|| SecretString::from(password.nfc().collect::<String>()))
}
