//! Core. This room decides how many attempts are allowed; the store counts them.
//!
//! - An account waits from the fifth wrong password in a row: a second, then twice as long each time, up to a quarter of an
//!   hour (OWASP WSTG-ATHN-03). After a hundred in a row it is locked (NIST SP 800-63B-4, 3.2.2). The right password ends a
//!   row, and so does a month without a wrong one.
//! - An address may make a limited number of attempts a minute, on any account.
//! - This must not lock out the account's owner. A browser that has logged in before has a device cookie and is counted
//!   separately (OWASP, "device cookies"). An owner without one asks the operator for `server unlock`.
//!
//! An attempt is counted before its password is verified, so that parallel guesses do not pass the limit on any number of
//! servers. Attempts on one account take turns ([`turns`]), so that one under way is not taken for a failure.
//!
//! The login page answers an account that waits, or is locked, like a wrong password, and counts an unknown address like a known
//! one. Known and unknown addresses take the same time; an account that waits is answered at once, whether it exists or not.

mod attempt;
mod policy;
mod turns;

use super::error::AuthError;
use super::password::Client;
use super::store::{Attempts, Key, Store};
use crate::database::WriteTransaction;
pub use attempt::Attempt;
use policy::{Decision, Refusal, counted, decide};
use tracing::Instrument;
pub use turns::Turns;

/// Counts attempts. Cheap to clone; all clones share the queues.
#[derive(Clone)]
pub struct Throttle {
    store: Store,
    turns: Turns,
    per_minute: i64,
}

/// Why an attempt is refused.
pub enum Refused {
    Limit(Refusal),
    Error(AuthError),
}

/// An attempt that is counted once this is committed.
struct Counted {
    write: WriteTransaction,
    /// The earlier attempts under the last key.
    before: Attempts,
}

impl Throttle {
    /// `per_minute` is the limit of an address and of a user.
    pub fn new(store: Store, per_minute: i64) -> Self {
        Self {
            store,
            turns: Turns::default(),
            per_minute,
        }
    }

    /// Counts an attempt of any kind under `key`, a limit per minute.
    ///
    /// # Errors
    /// The limit is reached, or the database failed.
    pub async fn count_one(&self, key: Key, now: i64) -> Result<(), Refused> {
        let counted = self.count(&[key], now).await?;
        Ok(counted.write.commit().await.map_err(AuthError::from)?)
    }

    /// Counts an attempt on an account under each of `keys`, once no other attempt under the last one is under way. Its outcome
    /// applies to the last one.
    ///
    /// # Errors
    /// A key's limit is reached; [`AuthError::Busy`]: too many attempts are waiting; or the database failed.
    pub async fn begin(&self, keys: &[Key], client: Client, now: i64) -> Result<Attempt, Refused> {
        let key = keys.last().map(Key::text).unwrap_or_default();
        let turn = self.turns.take(&key, &client).await;
        let turn = turn.ok_or(AuthError::Busy)?;
        let Counted { write, before } = Box::pin(self.count(keys, now)).await?;
        let mut attempt = Attempt::new(self.store.clone(), key, now, before, turn, client);
        // In a task of its own: a request that is aborted after the commit and before its result drops the attempt, which is
        // subtracted again then.
        let commit = async move {
            write.commit().await.map_err(AuthError::from)?;
            attempt.counted();
            Ok(attempt)
        };
        let committed = tokio::spawn(commit.in_current_span()).await;
        committed.unwrap_or(Err(AuthError::Unexpected.into()))
    }

    /// Counts one attempt under each of `keys`, in order, in one transaction, up to the first key that refuses it.
    async fn count(&self, keys: &[Key], now: i64) -> Result<Counted, Refused> {
        let texts: Vec<String> = keys.iter().map(Key::text).collect();
        // The counts after this attempt, up to the first key that refuses it.
        let count = |before: &[Attempts]| -> (Vec<Attempts>, Option<Refusal>) {
            let mut after = Vec::new();
            for (key, before) in keys.iter().zip(before) {
                match decide(key, before, now, self.per_minute) {
                    Decision::Refuse(refusal) => return (after, Some(refusal)),
                    decision => after.push(counted(*before, decision, now)),
                }
            }
            (after, None)
        };
        // The first check takes no lock: under a flood most requests end here.
        let (open, refused) = count(&self.store.attempts(&texts).await?);
        if let (true, Some(refusal)) = (open.is_empty(), refused) {
            return Err(Refused::Limit(refusal));
        }
        let counted = self
            .store
            .count_attempts(&texts[..open.len()], now, |before| {
                let (after, refused) = count(before);
                let last = before.last().copied().unwrap_or_default();
                (after, (refused, last))
            });
        let (write, (refused_now, before)) = counted.await?;
        match refused_now.or(refused) {
            Some(refusal) => {
                write.commit().await.map_err(AuthError::from)?;
                Err(Refused::Limit(refusal))
            }
            None => Ok(Counted { write, before }),
        }
    }
}

impl Refused {
    /// For the login page, which does not tell whether an account exists or waits.
    pub const fn for_guest(self) -> AuthError {
        match self {
            Self::Limit(Refusal::PerMinute) => AuthError::TooManyAttempts,
            Self::Limit(Refusal::Wait(_) | Refusal::Locked) => AuthError::InvalidCredentials,
            Self::Error(error) => error,
        }
    }

    /// For a logged-in user.
    pub const fn for_user(self) -> AuthError {
        match self {
            Self::Limit(Refusal::PerMinute) => AuthError::TooManyAttempts,
            Self::Limit(Refusal::Wait(seconds)) => AuthError::TryAgainIn(seconds),
            Self::Limit(Refusal::Locked) => AuthError::PasswordLocked,
            Self::Error(error) => error,
        }
    }
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        Self::Error(error)
    }
}
