//! Core. Where the server listens: at one address, and, if that is a loopback, at the other one, too: `localhost` may mean both, and
//! browsers try one first.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::Poll;

use tokio::net::{TcpListener, TcpStream};

pub struct Listeners(Vec<TcpListener>);

impl Listeners {
    /// # Errors
    /// The address cannot be used.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let mut listeners = vec![TcpListener::bind(address).await?];
        let other: Option<IpAddr> = match address.ip() {
            IpAddr::V4(Ipv4Addr::LOCALHOST) => Some(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V6(Ipv6Addr::LOCALHOST) => Some(Ipv4Addr::LOCALHOST.into()),
            _ => None,
        };
        if let Some(other) = other {
            match TcpListener::bind(SocketAddr::new(other, address.port())).await {
                Ok(listener) => listeners.push(listener),
                // Another program would get half of the visitors.
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
                // This machine has one loopback.
                Err(_) => {}
            }
        }
        Ok(Self(listeners))
    }

    /// The next connection.
    ///
    /// # Errors
    /// As of [`TcpListener::accept`].
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|context| {
            let mut accepts = self.0.iter().map(|listener| listener.poll_accept(context));
            accepts.find(Poll::is_ready).unwrap_or(Poll::Pending)
        })
        .await
    }

    /// The connections that wait in the kernel's accept queue. Then the listeners are closed.
    ///
    /// # Errors
    /// A listener cannot be used.
    pub fn rest(self) -> io::Result<Vec<(TcpStream, SocketAddr)>> {
        let mut rest = Vec::new();
        for listener in self.0 {
            let listener = listener.into_std()?;
            while let Ok((stream, peer)) = listener.accept() {
                stream.set_nonblocking(true)?;
                rest.push((TcpStream::from_std(stream)?, peer));
            }
        }
        Ok(rest)
    }
}
