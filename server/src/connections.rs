//! Limits the open connections: in total, and per client network.

use std::net::IpAddr;

use app::auth::{Client, FairSemaphore, Permit, network};

/// File descriptors kept for everything but connections: the database, the log, static files.
const OTHER_FILES: usize = 200;

/// A semaphore for connections with a per-client limit.
pub struct Connections(FairSemaphore);

impl Connections {
    /// At most `most` connections, or fewer if the process may not open enough files.
    pub fn new(most: usize, behind_proxies: bool) -> Self {
        let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        // With a very low limit of files, half of them are for connections.
        let most = most.min(files.saturating_sub(OTHER_FILES).max(files / 2));
        // A single client gets at most three quarters, so that it cannot lock out the others. Behind a proxy every
        // connection comes from the same address.
        let each = if behind_proxies {
            most
        } else {
            most - most / 4
        };
        Self(FairSemaphore::new(most, each, 0))
    }

    /// Admits a connection from `peer`, which counts until the returned value is dropped. `None` if a limit is reached.
    pub fn take(&self, peer: IpAddr) -> Option<Permit> {
        self.0.try_acquire(&Client::Network(network(peer)))
    }
}
