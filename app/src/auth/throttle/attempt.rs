//! Core. One attempt on an account: counted before its password is verified; its outcome decides what becomes of the count.

use super::turns::Turn;
use crate::auth::error::AuthError;
use crate::auth::password::Client;
use crate::auth::store::{Attempts, Store};

/// An attempt that is counted. When it is dropped, the count follows its outcome, and then the turn of the next one begins.
pub struct Attempt {
    store: Store,
    key: String,
    at: i64,
    /// The earlier attempts under the key.
    before: Attempts,
    outcome: Outcome,
    turn: Option<Turn>,
    /// The client that made the attempt.
    pub client: Client,
}

enum Outcome {
    /// Nothing is left to do to the count.
    Settled,
    /// The password has not been verified. If the request is aborted or the database fails before that, the attempt is
    /// subtracted again.
    Unknown,
    /// The password is right: the earlier wrong attempts are still to be deleted.
    Right,
}

impl Attempt {
    /// An attempt that is about to be counted at `at`, after those `before`.
    pub(super) const fn new(
        store: Store,
        key: String,
        at: i64,
        before: Attempts,
        turn: Turn,
        client: Client,
    ) -> Self {
        Self {
            store,
            key,
            at,
            before,
            outcome: Outcome::Settled,
            turn: Some(turn),
            client,
        }
    }

    /// The count is committed.
    pub(super) const fn counted(&mut self) {
        self.outcome = Outcome::Unknown;
    }

    /// The key that the outcome is counted under.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How many attempts in a row have failed, if this one does.
    pub const fn failures(&self) -> i64 {
        self.before.count + 1
    }

    /// The count is final: the password is wrong, and the attempt stays counted, or the caller has deleted the earlier ones.
    pub fn settle(mut self) {
        self.outcome = Outcome::Settled;
    }

    /// The password is right. Dropping this deletes the earlier wrong attempts.
    pub const fn right(&mut self) {
        self.outcome = Outcome::Right;
    }

    /// The password was not verified, because the queue is full: the attempt is not counted.
    pub async fn release(mut self) {
        self.outcome = Outcome::Settled;
        // If this write fails, the database is down, and the request fails anyway.
        let released = self.store.release_attempt(&self.key, self.at, &self.before);
        let _ = released.await;
    }

    /// Deletes the earlier wrong attempts now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn reset(self) -> Result<(), AuthError> {
        self.store.reset_attempts(&self.key).await?;
        self.settle();
        Ok(())
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let (store, key) = (self.store.clone(), std::mem::take(&mut self.key));
        let (at, before, turn) = (self.at, self.before, self.turn.take());
        match self.outcome {
            Outcome::Settled => {}
            Outcome::Unknown => {
                tokio::spawn(async move {
                    let _ = store.release_attempt(&key, at, &before).await;
                    drop(turn);
                });
            }
            Outcome::Right => {
                tokio::spawn(async move {
                    let _ = store.reset_attempts(&key).await;
                    drop(turn);
                });
            }
        }
    }
}
