//! How many connections may be open at once, and that nobody takes them all. One too many is closed without a word.

use std::future::{Ready, ready};
use std::io;
use std::sync::Arc;

use app::auth::{Place, Shares, network};
use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use tokio::net::TcpStream;
use tower::Layer;

/// Files that are no connections: the database, the log, what is being served.
const OTHER_FILES: usize = 200;

/// Counts connections.
#[derive(Clone)]
pub struct Connections(Shares);

/// Belongs to one connection, and goes with it.
type Counted<Service> = AddExtension<Service, Arc<Place>>;

impl Connections {
    /// At most `most`, and fewer where the system lets the process open fewer files.
    pub fn new(most: usize, behind_proxies: bool) -> Self {
        let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
        let files = usize::try_from(files).unwrap_or(usize::MAX);
        let most = most.min(files.saturating_sub(OTHER_FILES));
        // One address never has all of them, unless it is a proxy of ours.
        let each = if behind_proxies {
            most
        } else {
            most - most / 4
        };
        Self(Shares::new(most, each))
    }
}

impl<Service> Accept<TcpStream, Service> for Connections {
    type Stream = TcpStream;
    type Service = Counted<Service>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: Service) -> Self::Future {
        let place = stream
            .peer_addr()
            .map(|peer| self.0.take(&network(peer.ip())));
        ready(match place {
            Ok(Some(place)) => Ok((stream, Extension(Arc::new(place)).layer(service))),
            Ok(None) => Err(io::Error::other("too many connections")),
            Err(error) => Err(error),
        })
    }
}
