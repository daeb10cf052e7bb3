//! How many connections may be open at once, and that nobody takes them all.

use std::net::IpAddr;

use app::auth::{Client, Place, Shares, network};

/// Files that are no connections: the database, the log, what is being served.
const OTHER_FILES: usize = 200;

/// Counts connections.
pub struct Connections(Shares);

impl Connections {
    /// At most `most`, and fewer where the system lets the process open fewer files.
    pub fn new(most: usize, behind_proxies: bool) -> Self {
        let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        // Where there are hardly any, half of them all the same.
        let most = most.min(files.saturating_sub(OTHER_FILES).max(files / 2));
        // One client never has all of them, unless it is a proxy of ours.
        let each = if behind_proxies {
            most
        } else {
            most - most / 4
        };
        Self(Shares::new(most, each, 0))
    }

    /// A place for a connection from `peer`, until it is dropped. `None`: there is none left.
    pub fn take(&self, peer: IpAddr) -> Option<Place> {
        self.0.take(&Client::Network(network(peer)))
    }
}
