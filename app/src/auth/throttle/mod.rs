//! Core. This room decides how many attempts are allowed; the store counts them.
//!
//! - An account waits from the fifth wrong password in a row: a second, then twice as long each time, up to a quarter of an
//!   hour (OWASP WSTG-ATHN-03). After a hundred in a row it is locked (NIST SP 800-63B-4, 3.2.2). The right password ends a
//!   row, and so does a month without a wrong one.
//! - An address may make a limited number of attempts a minute, on any account.
//! - This must not lock out the account's owner. A browser that has logged in before has a device cookie and is counted
//!   separately (OWASP, "device cookies"). An owner without one asks the operator for `server unlock`.
//!
//! A locked account is answered like a wrong password, and an unknown address is counted like a known one.

mod policy;

use super::error::AuthError;
use super::password::Client;
use super::store::{Attempts, Key, Store};
use crate::database::WriteTransaction;
use policy::{Decision, counted, decide};
use tracing::Instrument;

/// Why an attempt is refused.
pub enum Refused {
    Key(Key),
    Error(AuthError),
}

/// An attempt that is counted once this is committed.
pub struct Counted {
    write: WriteTransaction,
    at: i64,
    /// The earlier attempts under the last key.
    before: Attempts,
}

/// Counts one attempt under each of `keys`, in order, in one transaction, up to the first key that refuses it.
///
/// # Errors
/// A key's limit is reached, or the database failed.
pub async fn count(
    store: &Store,
    keys: &[Key],
    now: i64,
    per_minute: i64,
) -> Result<Counted, Refused> {
    let texts: Vec<String> = keys.iter().map(Key::text).collect();
    // The counts after this attempt, up to the first key that refuses it.
    let count = |before: &[Attempts]| -> (Vec<Attempts>, Option<usize>) {
        let mut after = Vec::new();
        for (at, (key, before)) in keys.iter().zip(before).enumerate() {
            match decide(key, before, now, per_minute) {
                Decision::Refuse => return (after, Some(at)),
                decision => after.push(counted(*before, decision, now)),
            }
        }
        (after, None)
    };
    // The first check takes no lock: under a flood most requests end here.
    let before = store.attempts(&texts).await.map_err(Refused::Error)?;
    let (_, refused) = count(&before);
    let open = &texts[..refused.unwrap_or(texts.len())];
    if open.is_empty() {
        return Err(Refused::Key(keys[0].clone()));
    }
    let counted = store.count_attempts(open, now, |before| {
        let (after, refused) = count(before);
        let last = before.last().copied().unwrap_or_default();
        (after, (refused, last))
    });
    let (write, (refused_now, before)) = counted.await.map_err(Refused::Error)?;
    let counted = Counted {
        write,
        at: now,
        before,
    };
    match refused_now.or(refused) {
        Some(at) => {
            counted.commit().await.map_err(Refused::Error)?;
            Err(Refused::Key(keys[at].clone()))
        }
        None => Ok(counted),
    }
}

impl Counted {
    /// # Errors
    /// The database failed.
    pub async fn commit(self) -> Result<(), AuthError> {
        Ok(self.write.commit().await?)
    }

    /// Commits an attempt on an account, whose key is `key`. In a task of its own: a request that is aborted after the commit and
    /// before its result drops the attempt, which is subtracted again then.
    ///
    /// # Errors
    /// The database failed.
    pub async fn commit_attempt(
        self,
        store: &Store,
        key: &Key,
        client: Client,
    ) -> Result<Attempt, AuthError> {
        let Self { write, at, before } = self;
        let mut attempt = Attempt {
            store: store.clone(),
            key: key.text(),
            at,
            before,
            // Until it is committed there is nothing to subtract.
            state: State::Settled,
            client,
        };
        let commit = async move {
            write.commit().await?;
            attempt.state = State::Pending;
            Ok(attempt)
        };
        let committed = tokio::spawn(commit.in_current_span()).await;
        committed.unwrap_or(Err(AuthError::Unexpected))
    }
}

enum State {
    /// The password has not been verified. If the request is aborted or the database fails before that, the attempt is
    /// subtracted again.
    Pending,
    /// The counts are final.
    Settled,
    /// The password is right: the earlier wrong attempts are still to be deleted.
    Right,
}

/// An attempt on an account, already counted. When it is dropped, the count follows its outcome.
pub struct Attempt {
    store: Store,
    key: String,
    at: i64,
    before: Attempts,
    state: State,
    /// The client that made the attempt.
    pub client: Client,
}

impl Attempt {
    /// The password is wrong: the attempt stays counted.
    pub fn wrong(mut self) {
        self.state = State::Settled;
    }

    /// The password was not verified, because the queue is full: the attempt is not counted.
    pub async fn release(mut self) {
        self.state = State::Settled;
        // If this write fails, the database is down, and the request fails anyway.
        let released = self.store.release_attempt(&self.key, self.at, &self.before);
        let _ = released.await;
    }

    /// The password is right: dropping this deletes the earlier wrong attempts, unless the caller does it ([`Self::into_key`]).
    pub const fn right(&mut self) {
        self.state = State::Right;
    }

    /// The key whose attempts the caller deletes in its own transaction.
    pub fn into_key(mut self) -> String {
        self.state = State::Settled;
        std::mem::take(&mut self.key)
    }

    /// Deletes the earlier wrong attempts now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn reset(self) -> Result<(), AuthError> {
        let store = self.store.clone();
        store.reset_attempts(&self.into_key()).await
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let (store, key) = (self.store.clone(), std::mem::take(&mut self.key));
        let (at, before) = (self.at, self.before);
        match self.state {
            State::Settled => {}
            State::Pending => {
                tokio::spawn(async move { store.release_attempt(&key, at, &before).await });
            }
            State::Right => {
                tokio::spawn(async move { store.reset_attempts(&key).await });
            }
        }
    }
}
