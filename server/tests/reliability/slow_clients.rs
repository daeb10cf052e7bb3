//! Thousands of connections whose client never finishes, or never begins, a request. The server closes them, and serves
//! other clients as usual in the meantime.

use std::io;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::support::load::{Traffic, row, show};
use crate::support::program::{Program, start};

/// All slow connections are closed within this time.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// The most memory of one such connection, in KiB.
const COST: u64 = 64;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn two_thousand_slow_clients_do_not_delay_other_clients() {
    endure("2,000 slow clients", 2_000, b"GET / HTTP/1.1\r\nX-Slow: ").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn five_thousand_silent_clients_do_not_delay_other_clients() {
    endure("5,000 silent clients", 5_000, b"").await;
}

async fn endure(whom: &str, clients: u64, words: &'static [u8]) {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let traffic = Traffic::of(&program).await;
    let mut wrong = show("idle", traffic.run_for(Duration::from_secs(5)).await);
    let before = program.memory().now;

    let (tallies, (open, gone)) = tokio::join!(
        traffic.run_for(Duration::from_secs(20)),
        hold_connections(&program, clients, words)
    );
    wrong.extend(show(whom, tallies));
    let (during, after) = (program.memory().peak, program.memory().now);
    let cells = [
        format!("connected {open}"),
        format!("all gone {:.1} s", gone.unwrap_or_default().as_secs_f64()),
    ];
    row(&format!("{whom}: after their last connection"), &cells);
    let cells = [
        format!("before {before} MiB"),
        format!("most {during} MiB"),
        format!("  after {after} MiB"),
    ];
    row(&format!("{whom}: memory"), &cells);
    assert!(gone.is_some(), "some are still connected");
    assert_eq!(wrong, Vec::<String>::new());
    let most = before + 32 + clients * COST / 1024;
    assert!(during <= most, "{during} MiB after {before} MiB");
}

/// How many clients could connect, and how long it took after that until all were closed; `None` if some never were.
async fn hold_connections(
    program: &Program,
    clients: u64,
    words: &[u8],
) -> (usize, Option<Duration>) {
    let mut open = Vec::new();
    for _ in 0..clients {
        // A server at its limit may refuse the connection.
        let connect =
            tokio::time::timeout(Duration::from_secs(2), TcpStream::connect(program.address));
        if let Ok(Ok(stream)) = connect.await {
            let _ = stream.try_write(words);
            open.push(stream);
        }
    }
    let (connected, begun) = (open.len(), Instant::now());
    let mut beat = tokio::time::interval(Duration::from_secs(2));
    while begun.elapsed() < CLOSE_TIMEOUT {
        beat.tick().await;
        open.retain(|stream| {
            is_open(stream) && (words.is_empty() || stream.try_write(b"x").is_ok())
        });
        if open.is_empty() {
            return (connected, Some(begun.elapsed()));
        }
    }
    (connected, None)
}

/// Reads what is available, possibly a response that says why.
fn is_open(stream: &TcpStream) -> bool {
    let mut buffer = [0; 1024];
    loop {
        match stream.try_read(&mut buffer) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}
