//! Accepts connections, closes slow ones, and shuts down gracefully.
//!
//! `axum::serve` has no header read timeout, and it resets the connections that wait in the kernel's accept queue when it
//! closes the listener. `hyper_util`'s `GracefulShutdown` covers upgrades (WebSocket) only through its `auto` builder,
//! which waits for the first byte without a timeout and also speaks HTTP/2.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::Layer;

use crate::Draining;
use crate::connections::Connections;
use crate::listeners::Listeners;

/// A connection is closed if the head of its next request is not complete within this time.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection is closed if the client reads no byte of a response for this long; hyper has no such timeout.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);

/// How slowly a server stops, for the sake of clients.
#[derive(Clone, Copy, Debug, Default)]
pub struct StopDelays {
    /// From the signal until the listener closes: load balancers see that the server is not ready.
    pub deregistration: Duration,
    /// From then until idle keep-alive connections are closed, for requests that are already in transit.
    pub keep_alive: Duration,
}

/// How long open requests may take to finish after that. Orchestrators kill a process after 30 seconds.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Back-off after `accept` fails, which happens when the process is out of file descriptors.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// Serves until the first signal to stop, and for a while longer. Then closes the listeners and waits for open requests. A second
/// signal exits at once.
///
/// # Errors
/// A listener cannot be used.
pub async fn serve(
    listeners: Listeners,
    router: Router,
    connections: Connections,
    draining: Draining,
    delays: StopDelays,
    signals: StopSignals,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    let admit = |open: &mut JoinSet<()>, stream, peer: SocketAddr| {
        // Over the limit, the connection is closed without a response.
        if let Some(permit) = connections.take(peer.ip()) {
            let (router, stopped) = (router.clone(), stopped.clone());
            open.spawn(async move {
                serve_connection(stream, peer, router, stopped).await;
                drop(permit);
            });
        }
    };
    let stop_requested = stop_requested(signals, draining, delays.deregistration);
    tokio::pin!(stop_requested);
    loop {
        tokio::select! {
            () = &mut stop_requested => break,
            Some(_) = open.join_next() => {}
            accepted = listeners.accept() => match accepted {
                Ok((stream, peer)) => admit(&mut open, stream, peer),
                Err(_) => tokio::time::sleep(ACCEPT_BACKOFF).await,
            },
        }
    }
    // Closing the listeners would reset these.
    for (stream, peer) in listeners.rest()? {
        admit(&mut open, stream, peer);
    }
    // A graceful shutdown closes idle connections at once.
    tokio::time::sleep(delays.keep_alive).await;
    stop.send_replace(true);
    let all_closed = async { while open.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, all_closed).await;
    Ok(())
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let service = Extension(ConnectInfo(peer)).layer(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            TowerToHyperService::new(service),
        )
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        biased;
        _ = &mut connection => return,
        _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Returns when the listener is to be closed. `draining` is set before that, at the first signal.
async fn stop_requested(
    mut signals: StopSignals,
    draining: Draining,
    deregistration_delay: Duration,
) {
    signals.next().await;
    draining.store(true, Ordering::Release);
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(130);
    });
    tokio::time::sleep(deregistration_delay).await;
}

/// SIGTERM and SIGINT, from the moment this is created. Created early, it also catches a signal during the start, which
/// the kernel would drop if the program is process 1 of a container.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// # Errors
    /// The signal handlers cannot be installed.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next of the two signals.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
