//! Core. A semaphore with a limit for each client, and a reserve for known ones.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who acquires a permit.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Client {
    /// A user, or a browser that a user has logged in with: the right password was given before.
    Known(String),
    /// Everyone else, by network.
    Network(String),
}

/// The network of an address: for IPv6 its /64, because one subscriber has all of its addresses.
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
            Ipv6Addr::from(u128::from(address) >> 64 << 64).to_string()
        }
        address => address.to_canonical().to_string(),
    }
}

/// Cheap to clone; all clones share the permits.
#[derive(Clone)]
pub struct FairSemaphore(Arc<Limits>);

struct Limits {
    all: usize,
    each: usize,
    reserved: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by: HashMap<Client, usize>,
}

/// Released when it is dropped.
pub struct Permit {
    limits: Arc<Limits>,
    client: Client,
}

impl FairSemaphore {
    /// `all` permits, of which each client may hold `each`; the last `reserved` are for [`Client::Known`].
    pub fn new(all: usize, each: usize, reserved: usize) -> Self {
        let taken = Mutex::default();
        Self(Arc::new(Limits {
            all,
            each,
            reserved,
            taken,
        }))
    }

    /// A permit for `client`. `None`: none is left, or this client holds all it may.
    pub fn try_acquire(&self, client: &Client) -> Option<Permit> {
        let mut taken = self.0.taken();
        let mine = taken.by.get(client).copied().unwrap_or_default();
        let limit = match client {
            Client::Known(_) => self.0.all,
            Client::Network(_) => self.0.all - self.0.reserved,
        };
        if mine >= self.0.each || taken.all >= limit {
            return None;
        }
        taken.all += 1;
        taken.by.insert(client.clone(), mine + 1);
        Some(Permit {
            limits: Arc::clone(&self.0),
            client: client.clone(),
        })
    }
}

impl Limits {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.limits.taken();
        taken.all -= 1;
        let mine = taken.by.get(&self.client).copied().unwrap_or_default();
        if mine > 1 {
            taken.by.insert(self.client.clone(), mine - 1);
        } else {
            taken.by.remove(&self.client);
        }
    }
}
