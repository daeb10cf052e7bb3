//! The running program: slow clients, signals, and kills in the middle of work.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use sqlx::Executor;
use tempfile::TempDir;

use crate::support::program::{free_address, launch, start};
use crate::support::site::connect;

/// `http/wire.rs` has slow bodies.
#[test]
fn clients_that_never_finish_their_request_are_disconnected() {
    let folder = TempDir::new().unwrap();
    let process = start(&folder);
    let slow: Vec<TcpStream> = (0..200)
        .map(|number| {
            let mut stream = process.connect();
            if number % 2 == 0 {
                stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
            }
            stream
        })
        .collect();
    let answer = process
        .ask("GET", "/", "")
        .expect("a response in the meantime");
    assert!(answer.starts_with("HTTP/1.1 200"));
    for mut stream in slow {
        let mut rest = Vec::new();
        // The server closes them, with or without a 408, before the client's own time-out.
        let end = stream.read_to_end(&mut rest);
        let timed_out = end.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!timed_out, "still open");
    }
}

#[test]
fn a_client_that_does_not_read_its_responses_is_disconnected() {
    let folder = TempDir::new().unwrap();
    let process = start(&folder);
    let mut greedy = process.connect();
    greedy.set_nonblocking(true).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", process.address);
    let requests = request.repeat(20_000);
    let mut sent = 0;
    let begun = Instant::now();
    let end = loop {
        match greedy.write(&requests.as_bytes()[sent % requests.len()..]) {
            Ok(bytes) => sent += bytes,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(100));
            }
            Err(error) => break error.kind(),
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "still open");
    };
    assert!(
        [
            std::io::ErrorKind::ConnectionReset,
            std::io::ErrorKind::BrokenPipe
        ]
        .contains(&end),
        "{end}"
    );
    let answer = process
        .ask("GET", "/", "")
        .expect("a response for a client that reads");
    assert!(answer.starts_with("HTTP/1.1 200"));
}

#[test]
fn a_stop_signal_ends_the_server_in_time_despite_endless_requests() {
    let folder = TempDir::new().unwrap();
    let mut process = start(&folder);
    let mut slow = process.connect();
    let head = "POST /api/login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\nemail=";
    slow.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    process.signal("-TERM");
    let status = process.ends_within(Duration::from_secs(15));
    assert!(status.success(), "{status}");
}

/// Some of the logins are being hashed at that moment, others wait in the queue.
#[test]
fn a_stop_signal_does_not_interrupt_logins() {
    let folder = TempDir::new().unwrap();
    let mut process = start(&folder);
    // As many as one address may have in the queue.
    let cores = std::thread::available_parallelism().unwrap().get();
    let asked: Vec<TcpStream> = (0..4 * cores)
        .map(|number| {
            let body = format!("email={number}%40b.test&password=x");
            let mut stream = process.connect();
            let request = format!(
                "POST /api/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
                 Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    process.signal("-TERM");
    for mut stream in asked {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    assert!(process.ends_within(Duration::from_secs(15)).success());
}

#[test]
fn a_stop_signal_ends_the_server_in_time_despite_silent_connections() {
    let folder = TempDir::new().unwrap();
    let mut process = start(&folder);
    let _silent: Vec<TcpStream> = (0..5).map(|_| process.connect()).collect();
    process.signal("-TERM");
    let status = process.ends_within(Duration::from_secs(25));
    assert!(status.success(), "{status}");
}

/// The program is waiting to migrate a database that another process has locked.
#[test]
fn a_stop_signal_during_the_start_ends_the_server() {
    let folder = TempDir::new().unwrap();
    let database = folder.path().join("database.sqlite");
    let database = format!("sqlite:{}?mode=rwc", database.display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut locked = runtime.block_on(connect(&database));
    let lock = runtime.block_on(locked.execute("BEGIN EXCLUSIVE"));
    lock.unwrap();
    let mut process = launch(&folder, free_address(), &[]);
    std::thread::sleep(Duration::from_millis(500));
    process.signal("-TERM");
    let status = process.ends_within(Duration::from_secs(3));
    assert!(status.success(), "{status}");
    runtime.block_on(locked.execute("ROLLBACK")).unwrap();
    let answer = start(&folder).ask("GET", "/", "").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"));
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let folder = TempDir::new().unwrap();
    let mut process = start(&folder);
    let mut open = process.connect();
    open.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
    process.signal("-INT");
    std::thread::sleep(Duration::from_millis(300));
    process.signal("-INT");
    let status = process.ends_within(Duration::from_secs(3));
    assert_eq!(status.code(), Some(130));
}

#[test]
fn answered_sign_ups_survive_a_kill() {
    let folder = TempDir::new().unwrap();
    let mut answered = Vec::new();
    for round in 0..8 {
        let process = start(&folder);
        std::thread::scope(|scope| {
            let work = |name: String| {
                let process = &process;
                move || {
                    let body = format!("name=A&email={name}%40b.test&password=four+words+in+a+row");
                    let answer = process.ask("POST", "/api/signup", &body);
                    answer
                        .filter(|answer| answer.starts_with("HTTP/1.1 200"))
                        .map(|_| name)
                }
            };
            let workers: Vec<_> = (0..6)
                .map(|number| scope.spawn(work(format!("r{round}n{number}"))))
                .collect();
            std::thread::sleep(Duration::from_millis(60 * round));
            process.signal("-KILL");
            answered.extend(
                workers
                    .into_iter()
                    .filter_map(|worker| worker.join().unwrap()),
            );
        });
    }
    assert!(answered.len() >= 4, "{}", answered.len());
    let process = start(&folder);
    for name in answered {
        let body = format!("email={name}%40b.test&password=four+words+in+a+row");
        let answer = process.ask("POST", "/api/login", &body).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{name}: {answer}");
    }
}
