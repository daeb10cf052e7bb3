//! Takes connections, and lets them go: slow ones when their time is up, all others when the program is told to stop.
//!
//! A loop of our own, because a stop must cut nobody: axum's `serve` waits for ever for a head that never ends, and
//! servers that close their listener at once reset what the kernel has already accepted for them.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower::Layer;

use crate::Draining;
use crate::connections::Connections;

/// A request's head is there within this time, or the connection is closed: silent and slow ones cost us nothing.
const HEAD: Duration = Duration::from_secs(10);

/// Who takes no byte of an answer for this long is let go: hyper itself would wait for ever, and keep the connection.
const NOT_READ: Duration = Duration::from_secs(20);

/// What may have been sent by now to a connection that looks idle has arrived after this time.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// How long requests may take to finish after that. Orchestrators kill after 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

/// How long the system is left alone that has no file for another connection.
const OUT_OF_FILES: Duration = Duration::from_millis(50);

/// Serves until the first signal to stop, and `notice` longer, for load balancers to see that it is not ready. Then it
/// takes no new connection and gives the open ones a time to finish. A second signal ends it at once.
///
/// # Errors
/// The listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    draining: Draining,
    notice: Duration,
    signals: StopSignals,
) -> io::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let mut open = JoinSet::new();
    let admit = |open: &mut JoinSet<()>, stream, peer: SocketAddr| {
        // One too many is closed without a word.
        if let Some(place) = connections.take(peer.ip()) {
            let (router, stopped) = (router.clone(), stopped.clone());
            open.spawn(async move {
                serve_connection(stream, peer, router, stopped).await;
                drop(place);
            });
        }
    };
    let asked_to_stop = asked_to_stop(signals, draining, notice);
    tokio::pin!(asked_to_stop);
    loop {
        tokio::select! {
            () = &mut asked_to_stop => break,
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => admit(&mut open, stream, peer),
                Err(_) => tokio::time::sleep(OUT_OF_FILES).await,
            },
        }
    }
    // Whoever has connected by now is answered: a closed listener would reset what waits in its queue.
    let listener = listener.into_std()?;
    while let Ok((stream, peer)) = listener.accept() {
        stream.set_nonblocking(true)?;
        admit(&mut open, TcpStream::from_std(stream)?, peer);
    }
    drop(listener);
    // hyper closes a connection on which nothing has arrived yet.
    tokio::time::sleep(ON_ITS_WAY).await;
    stop.send_replace(true);
    let all_closed = async { while open.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(DRAIN, all_closed).await;
    Ok(())
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(NOT_READ));
    let service = Extension(ConnectInfo(peer)).layer(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            TowerToHyperService::new(service),
        )
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        biased;
        _ = &mut connection => return,
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn asked_to_stop(mut signals: StopSignals, draining: Draining, notice: Duration) {
    signals.next().await;
    draining.store(true, Ordering::Release);
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(130);
    });
    tokio::time::sleep(notice).await;
}

/// SIGTERM and SIGINT, from the moment this exists: one that comes while the program starts is not lost, also where the
/// program is the first of its container and the system would drop it.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// # Errors
    /// The system has no signals to give.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next of either.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
