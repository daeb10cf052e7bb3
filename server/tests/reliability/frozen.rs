//! A database that stops answering while its connections stay open: its host hangs, or the network in between.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use sqlx::Executor;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::reliability::outage::{check_unavailable, log_in};
use crate::support::load::{timed, visits};
use crate::support::program::{free_address, start_with};
use crate::support::site::{connect, empty_database};

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_database_causes_time_outs_and_new_connections_recover() {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let Some((server, name)) = of_postgres(&database) else {
        return; // SQLite has no network.
    };
    let network = Network::to(server).await;
    let through = format!("postgres://latchkey@{}/{name}", network.address);
    let program = start_with(&folder, free_address(), &[("DATABASE_URL", &through)]);
    let mut ada = program.user("Ada").await;
    let mut lock = connect(&database).await;
    lock.execute("BEGIN; LOCK TABLE sessions")
        .await
        .expect("the lock");

    // Some requests are waiting for a response at that moment, others come later.
    let asked = tokio::spawn(visits(ada.clone(), 8));
    tokio::time::sleep(Duration::from_millis(500)).await;
    network.freeze();
    let mut wrong = Vec::new();
    let (mut leaving, mut coming) = (ada.clone(), program.visitor());
    let (asked, crowd, login, logout) = tokio::join!(
        asked,
        visits(ada.clone(), 50),
        timed(log_in(&mut coming)),
        timed(leaving.call("/api/logout", &[])),
    );
    for (answer, time) in asked.unwrap() {
        wrong.extend(check_unavailable("/account, asked before", &answer, time));
    }
    for (answer, time) in crowd {
        wrong.extend(check_unavailable("/account", &answer, time));
    }
    wrong.extend(check_unavailable("login", &login.0, login.1));
    wrong.extend(check_unavailable("log out", &logout.0, logout.1));

    lock.execute("ROLLBACK")
        .await
        .expect("the lock is released");
    network.heal();
    let (page, time) = timed(ada.visit("/account")).await;
    assert_eq!(
        page.status,
        StatusCode::OK,
        "after {time:.1?}: {}",
        page.body
    );
    let login = log_in(&mut program.visitor()).await;
    assert_eq!(login.status, StatusCode::OK, "{}", login.body);
    assert_eq!(wrong, Vec::<String>::new());
}

fn of_postgres(url: &str) -> Option<(SocketAddr, &str)> {
    let (server, name) = url.strip_prefix("postgres://latchkey@")?.split_once('/')?;
    Some((server.parse().ok()?, name))
}

/// A network between the program and its database. It forwards data on connections numbered from `open_from` on; older
/// ones stay open and forward nothing.
struct Network {
    address: SocketAddr,
    open_from: Arc<AtomicUsize>,
    made: Arc<AtomicUsize>,
}

impl Network {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let network = Self {
            address: listener.local_addr().expect("its address"),
            open_from: Arc::default(),
            made: Arc::default(),
        };
        let (open_from, made) = (network.open_from.clone(), network.made.clone());
        tokio::spawn(async move {
            while let Ok((program, _)) = listener.accept().await {
                let number = made.fetch_add(1, Ordering::SeqCst);
                let (from_program, to_program) = program.into_split();
                let database = TcpStream::connect(server).await.expect("the database");
                let (from_database, to_database) = database.into_split();
                for (from, to) in [(from_program, to_database), (from_database, to_program)] {
                    tokio::spawn(pass_on(from, to, number, open_from.clone()));
                }
            }
        });
        network
    }

    fn freeze(&self) {
        self.open_from.store(usize::MAX, Ordering::SeqCst);
    }

    fn heal(&self) {
        let made = self.made.load(Ordering::SeqCst);
        self.open_from.store(made, Ordering::SeqCst);
    }
}

async fn pass_on(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    number: usize,
    open_from: Arc<AtomicUsize>,
) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if number < open_from.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
