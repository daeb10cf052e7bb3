//! Visitors who hang up while the server makes their page: they click on, or close the tab.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use leptos_axum::AxumRouteListing;
use server::ROUTES;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::load::row;
use crate::support::program::{free_address, start_with};
use crate::support::site::empty_database;

/// Requests, unless the environment says otherwise (`HANG_UPS`).
const REQUESTS: usize = 30_000;

/// Connections at a time.
const AT_ONCE: usize = 16;

/// The longest time that a visitor waits, in microseconds.
const PATIENCE: u64 = 12_000;

/// Over all pages, as a guest and as a user.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a minute long: .ci/endure runs it"]
async fn visitors_who_hang_up_cause_no_panic() {
    let requests = std::env::var("HANG_UPS").ok().map(|number| number.parse());
    let requests = requests.map_or(REQUESTS, |number| number.expect("a number"));
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let program = start_with(&folder, free_address(), &[("DATABASE_URL", &database)]);
    let ada = program.user("Ada").await;
    let cookie = format!("Cookie: latchkey_session={}\r\n", ada.session_cookie());
    let pages = ROUTES.iter().map(AxumRouteListing::path);
    let heads: Vec<String> = pages
        .chain(["/no/such/page"])
        .flat_map(|page| [(page, ""), (page, &*cookie)])
        .map(|(page, cookie)| {
            format!("GET {page} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n{cookie}\r\n")
        })
        .collect();

    let begun = Instant::now();
    let visitors = (0..AT_ONCE).map(|first| {
        let (heads, address) = (heads.clone(), program.address);
        async move {
            for number in (first..requests).step_by(AT_ONCE) {
                hang_up(address, &heads[number % heads.len()]).await;
            }
        }
    });
    visitors.collect::<JoinSet<_>>().join_all().await;
    let time = begun.elapsed();
    // Those who hung up last may still be served.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let page = program.visitor().visit("/").await;
    assert_eq!(page.status, StatusCode::OK);

    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let panics: Vec<_> = log
        .lines()
        .filter(|line| line.contains("panicked"))
        .collect();
    let cells = [
        format!("{requests} pages"),
        format!("{:.0} s", time.as_secs_f64()),
        format!("{} panics", panics.len()),
    ];
    row("visitors who hang up", &cells);
    let some: Vec<_> = panics.iter().take(3).collect();
    assert!(panics.is_empty(), "{} panics: {some:#?}", panics.len());
}

/// Asks for a page and closes the connection after a random time, whatever has arrived by then.
async fn hang_up(address: SocketAddr, head: &str) {
    let patience = getrandom::u64().expect("a random number") % PATIENCE;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let _ = stream.write_all(head.as_bytes()).await;
    tokio::time::sleep(Duration::from_micros(patience)).await;
}
