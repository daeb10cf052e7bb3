//! The program itself, started as whoever runs the site does: built for these tests, or the one that `SERVER_PROGRAM`
//! names.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::site::SECRET;

pub struct Program {
    child: Child,
    address: SocketAddr,
}

/// Starts it on a free port, with its database in `folder`.
pub fn start(folder: &TempDir) -> Program {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("its address");
    drop(free);
    let built = env!("CARGO_BIN_EXE_server").into();
    let child = Command::new(std::env::var_os("SERVER_PROGRAM").unwrap_or(built))
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
    let mut program = Program { child, address };
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it does not listen"
        );
        assert!(
            program.child.try_wait().unwrap().is_none(),
            "it has stopped"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    program
}

impl Program {
    /// A connection on which nothing has been said.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(25)))
            .unwrap();
        stream
    }

    /// The answer to one request, on a connection of its own. Nothing, if it was cut off.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Option<String> {
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

    pub fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill").success());
    }

    /// How it ends, by itself.
    pub fn ends_within(&mut self, time: Duration) -> ExitStatus {
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

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
