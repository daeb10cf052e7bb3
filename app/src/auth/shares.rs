//! Core. So many places. No client takes them all, and strangers leave some to those who are known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Client;

/// Cheap to clone; all clones share the places.
#[derive(Clone)]
pub struct Shares(Arc<Places>);

struct Places {
    all: usize,
    each: usize,
    kept: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    together: usize,
    by: HashMap<Client, usize>,
}

/// A place, until it is dropped.
pub struct Place {
    places: Arc<Places>,
    client: Client,
}

impl Shares {
    /// `all` places, of which each client may have `each`, and the last `kept` are for [`Client::Known`].
    pub fn new(all: usize, each: usize, kept: usize) -> Self {
        let taken = Mutex::default();
        Self(Arc::new(Places {
            all,
            each,
            kept,
            taken,
        }))
    }

    /// A place for `client`. `None`: there is none left, or none for this client.
    pub fn take(&self, client: &Client) -> Option<Place> {
        let mut taken = self.0.taken();
        let mine = taken.by.get(client).copied().unwrap_or_default();
        let room = match client {
            Client::Known(_) => self.0.all,
            Client::Network(_) => self.0.all - self.0.kept,
        };
        if mine >= self.0.each || taken.together >= room {
            return None;
        }
        taken.together += 1;
        taken.by.insert(client.clone(), mine + 1);
        Some(Place {
            places: Arc::clone(&self.0),
            client: client.clone(),
        })
    }
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.together -= 1;
        let mine = taken.by.get(&self.client).copied().unwrap_or_default();
        if mine > 1 {
            taken.by.insert(self.client.clone(), mine - 1);
        } else {
            taken.by.remove(&self.client);
        }
    }
}
