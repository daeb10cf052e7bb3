//! Core. Hash and verify passwords: argon2id, bounded, off the async threads.
//!
//! On threads of their own, as many as there are cores (rayon): each hash takes 19 MiB, and the allocator keeps that
//! for every thread that ever asked. On tokio's blocking threads, hundreds at most, a busy day kept half a gigabyte.

use std::num::NonZero;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

pub use argon2::Params as Cost;
use rayon::{ThreadPool, ThreadPoolBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization;

use super::config::{HASH_QUEUE, PASSWORD_MAX, PASSWORD_MIN};
use super::{AuthError, Password};

/// The only door to argon2. Cheap to clone; all clones share one bound.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Verified against when there is no user, so that an unknown address costs what a wrong password costs.
    nobody: Arc<str>,
    /// A hash takes a core and some megabytes: as many as there are cores run at a time ...
    threads: Arc<ThreadPool>,
    /// ... some wait, and everybody else is told to come back.
    admitted: Arc<Semaphore>,
}

impl Passwords {
    /// `cost` is `Cost::default()` unless there is a reason: OWASP's least, 19 MiB and two passes in one lane.
    ///
    /// # Panics
    /// The system has no random numbers, or no threads to give.
    pub fn new(cost: Cost) -> Self {
        let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, cost);
        let nobody = argon2
            .hash_password(b"nobody")
            .expect("hashing works")
            .to_string()
            .into();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = ThreadPoolBuilder::new()
            .num_threads(cores)
            .thread_name(|_| "argon2".into())
            // The visitor gets the answer for it below, and the thread lives on.
            .panic_handler(|_| tracing::error!("a hash panicked"))
            .build()
            .expect("threads to hash on");
        Self {
            argon2,
            nobody,
            threads: Arc::new(threads),
            admitted: Arc::new(Semaphore::new(cores * (1 + HASH_QUEUE))),
        }
    }

    /// Hashes a new password, as a PHC string.
    ///
    /// # Errors
    /// The password breaks the length rules, or the queue is full.
    pub async fn hash(&self, password: &SecretString) -> Result<String, AuthError> {
        let password = accept_new(password)?;
        let argon2 = self.argon2.clone();
        self.run(move || {
            let hash = argon2.hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| {
                tracing::error!(%error, "a password could not be hashed");
                AuthError::Unexpected
            })
        })
        .await?
    }

    /// Whether `password` is the one behind `hash`. With no hash the answer is no, at the same cost.
    ///
    /// # Errors
    /// No password was given, or the queue is full.
    pub async fn verify(
        &self,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, AuthError> {
        if password.expose_secret().is_empty() {
            return Err(AuthError::MissingPassword);
        }
        // Too long was never accepted, so it is wrong; it costs a hash like anything else that is wrong.
        let password = normalise(password).unwrap_or_default();
        let argon2 = self.argon2.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        self.run(move || {
            let Ok(hash) = PasswordHash::new(&hash) else {
                tracing::error!("a stored password hash is not a PHC string");
                return Err(AuthError::Unexpected);
            };
            let right = argon2
                .verify_password(password.expose_secret().as_bytes(), &hash)
                .is_ok();
            Ok(right && known)
        })
        .await?
    }

    /// Whether `hash` was made at another cost than today's: hash anew while the password is at hand.
    pub fn is_outdated(&self, hash: &str) -> bool {
        PasswordHash::new(hash)
            .ok()
            .and_then(|hash| Cost::try_from(&hash).ok())
            .is_none_or(|params| {
                let today = self.argon2.params();
                (params.m_cost(), params.t_cost()) != (today.m_cost(), today.t_cost())
            })
    }

    /// The permit moves along: a visitor who hangs up frees no core that is still busy.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| AuthError::Busy)?;
        let (send, receive) = oneshot::channel();
        self.threads.spawn_fifo(move || {
            if send.is_closed() {
                return; // The visitor hung up while waiting.
            }
            let result = work();
            drop(admitted);
            let _ = send.send(result);
        });
        receive.await.map_err(|_| AuthError::Unexpected)
    }
}

impl From<Password> for SecretString {
    fn from(password: Password) -> Self {
        password.0.into()
    }
}

/// The length rules, in code points of what will be hashed (NIST SP 800-63B-4, 3.1.1.2).
fn accept_new(password: &SecretString) -> Result<SecretString, AuthError> {
    let password = normalise(password).ok_or(AuthError::PasswordTooLong)?;
    match password.expose_secret().chars().count() {
        0..PASSWORD_MIN => Err(AuthError::PasswordTooShort),
        PASSWORD_MIN..=PASSWORD_MAX => Ok(password),
        _ => Err(AuthError::PasswordTooLong),
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
