//! Core. Attempts on one account pass one after the other, so that each is decided while no other of this process is under way:
//! one whose outcome is not known yet is no failure.
//!
//! The queues are bounded: each client may wait with some attempts, all of them with a limited number, and none for long.
//! Servers that share a database do not wait for each other, so at most one attempt a server is under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;

use crate::auth::config::{ATTEMPTS_EACH, ATTEMPTS_RESERVED, ATTEMPTS_WAITING, TURN_WAIT};
use crate::auth::password::{Client, FairSemaphore, Permit};

/// The queues, by key. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct Turns {
    queues: Arc<Mutex<HashMap<String, Queue>>>,
    places: FairSemaphore,
}

/// One key's, for as long as an attempt is in it. Tokio's lock is fair: first in, first out.
#[derive(Default)]
struct Queue {
    attempts: usize,
    lock: Arc<tokio::sync::Mutex<()>>,
}

/// The turn of one attempt. The next one's begins when this is dropped.
pub struct Turn {
    _lock: OwnedMutexGuard<()>,
    _place: Place,
}

/// A place in the queue of a key, left when it is dropped: also by a request that is aborted.
struct Place {
    turns: Turns,
    key: String,
    _permit: Permit,
}

impl Default for Turns {
    fn default() -> Self {
        let reserved = ATTEMPTS_WAITING / ATTEMPTS_RESERVED;
        Self {
            queues: Arc::default(),
            places: FairSemaphore::new(ATTEMPTS_WAITING, ATTEMPTS_EACH, reserved),
        }
    }
}

impl Turns {
    /// Waits until no other attempt under `key` is under way. `None`: too many of this client, or in all, are waiting, or it takes
    /// too long.
    pub async fn take(&self, key: &str, client: &Client) -> Option<Turn> {
        let permit = self.places.try_acquire(client)?;
        let lock = {
            let mut queues = self.queues();
            let queue = queues.entry(key.to_owned()).or_default();
            queue.attempts += 1;
            Arc::clone(&queue.lock)
        };
        let place = Place {
            turns: self.clone(),
            key: key.to_owned(),
            _permit: permit,
        };
        let lock = timeout(TURN_WAIT, lock.lock_owned()).await.ok()?;
        Some(Turn {
            _lock: lock,
            _place: place,
        })
    }

    /// The number of keys with an attempt under way.
    pub fn keys(&self) -> usize {
        self.queues().len()
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.turns.queues();
        if let Some(queue) = queues.get_mut(&self.key) {
            queue.attempts -= 1;
            if queue.attempts == 0 {
                queues.remove(&self.key);
            }
        }
    }
}
