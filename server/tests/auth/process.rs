//! The program itself, as it is started: slow clients, signals, and a death in the middle of work.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::site::SECRET;

struct Process {
    child: Child,
    address: SocketAddr,
}

fn start(folder: &TempDir) -> Process {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("its address");
    drop(free);
    let child = Command::new(env!("CARGO_BIN_EXE_server"))
        .current_dir(folder)
        .env_clear()
        .env("SECRET_KEY", SECRET)
        .env("DATABASE_URL", "sqlite:database.sqlite")
        .env("LEPTOS_SITE_ADDR", address.to_string())
        .env("LEPTOS_OUTPUT_NAME", "latchkey")
        .env("ATTEMPTS_PER_MINUTE", "1000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let mut process = Process { child, address };
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it does not listen"
        );
        assert!(
            process.child.try_wait().unwrap().is_none(),
            "it has stopped"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    process
}

impl Process {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(25)))
            .unwrap();
        stream
    }

    /// The answer to one request, on a connection of its own. Nothing, if it was cut off.
    fn ask(&self, method: &str, path: &str, body: &str) -> Option<String> {
        let mut stream = self.connect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
             Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.starts_with("HTTP/1.1 ").then_some(answer)
    }

    fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill").success());
    }

    fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < time, "it goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn clients_that_never_finish_their_request_are_let_go_and_keep_nobody_waiting() {
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
    let answer = process.ask("GET", "/", "").expect("an answer meanwhile");
    assert!(answer.starts_with("HTTP/1.1 200"));
    for mut stream in slow {
        let mut rest = Vec::new();
        // Closed by the server, with a 408 or without a word: not by our own time-out.
        let end = stream.read_to_end(&mut rest);
        let timed_out = end.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!timed_out, "still open");
    }
}

#[test]
fn a_signal_to_stop_ends_it_in_time_with_silent_connections_open() {
    let folder = TempDir::new().unwrap();
    let mut process = start(&folder);
    let _silent: Vec<TcpStream> = (0..5).map(|_| process.connect()).collect();
    process.signal("-TERM");
    let status = process.ends_within(Duration::from_secs(25));
    assert!(status.success(), "{status}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
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
fn what_was_answered_survives_a_kill_in_the_middle_of_other_work() {
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
