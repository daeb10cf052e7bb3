//! Core. So many places, and no client takes them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cheap to clone; all clones share the places.
#[derive(Clone)]
pub struct Shares(Arc<Places>);

struct Places {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    together: usize,
    by: HashMap<String, usize>,
}

/// A place, until it is dropped.
pub struct Place {
    places: Arc<Places>,
    client: String,
}

impl Shares {
    /// `all` places, of which each client may have `each`.
    pub fn new(all: usize, each: usize) -> Self {
        let taken = Mutex::default();
        Self(Arc::new(Places { all, each, taken }))
    }

    /// A place for `client`. `None`: there is none left, or none for this client.
    pub fn take(&self, client: &str) -> Option<Place> {
        let mut taken = self.0.taken();
        let mine = taken.by.get(client).copied().unwrap_or_default();
        if mine >= self.0.each || taken.together >= self.0.all {
            return None;
        }
        taken.together += 1;
        taken.by.insert(client.to_owned(), mine + 1);
        Some(Place {
            places: Arc::clone(&self.0),
            client: client.to_owned(),
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
            taken.by.insert(std::mem::take(&mut self.client), mine - 1);
        } else {
            taken.by.remove(&self.client);
        }
    }
}
