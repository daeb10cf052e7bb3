//! The program, started as an operator starts it: built for these tests, or the one that `SERVER_PROGRAM` names.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use tempfile::TempDir;
use tower_http::set_header::SetRequestHeaderLayer;

use crate::support::gateway::gateway;
use crate::support::site::SECRET;
use crate::support::visitor::Visitor;

pub struct Program {
    child: Child,
    pub address: SocketAddr,
}

/// The memory of a process (its resident set), in MiB.
pub struct Memory {
    pub now: u64,
    /// The peak.
    pub peak: u64,
}

/// Starts the program on a free port, with its database and its `log` in `folder`.
pub fn start(folder: &TempDir) -> Program {
    start_with(folder, free_address(), &[])
}

/// Starts the program on `address` with these settings, which override the defaults.
pub fn start_with(folder: &TempDir, address: SocketAddr, settings: &[(&str, &str)]) -> Program {
    let mut program = launch(folder, address, settings);
    program.listens();
    program
}

/// Starts the program with a limit of open files.
pub fn start_with_files(folder: &TempDir, files: u32) -> Program {
    let mut shell = Command::new("/bin/sh");
    let limited = format!("ulimit -n {files} && exec \"$0\"");
    shell.arg("-c").arg(limited).arg(built());
    let mut program = spawn(&mut shell, folder, free_address(), &[]);
    program.listens();
    program
}

/// Starts the program without waiting until it listens.
pub fn launch(folder: &TempDir, address: SocketAddr, settings: &[(&str, &str)]) -> Program {
    spawn(&mut Command::new(built()), folder, address, settings)
}

/// The path of the program.
pub fn built() -> OsString {
    let built = env!("CARGO_BIN_EXE_server").into();
    std::env::var_os("SERVER_PROGRAM").unwrap_or(built)
}

/// Starts `command` without waiting, with its database and its `log` in `folder`.
pub fn spawn(
    command: &mut Command,
    folder: &TempDir,
    address: SocketAddr,
    settings: &[(&str, &str)],
) -> Program {
    let child = command
        .current_dir(folder)
        .env_clear()
        .env("SECRET_KEY", SECRET)
        .env("DATABASE_URL", "sqlite:database.sqlite")
        .env("LEPTOS_SITE_ADDR", address.to_string())
        .env("LEPTOS_OUTPUT_NAME", "latchkey")
        .env("ATTEMPTS_PER_MINUTE", "1000")
        .env("SIGN_UP", "open")
        .envs(settings.iter().copied())
        .stdout(File::create(folder.path().join("log")).expect("a log"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    Program { child, address }
}

pub fn free_address() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    free.local_addr().expect("its address")
}

impl Program {
    /// Waits until the program accepts connections.
    pub fn listens(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "the program does not listen"
            );
            assert!(
                self.child.try_wait().unwrap().is_none(),
                "the program has stopped"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A visitor with a new browser. A request without a response is answered 502.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(gateway(self.address))
    }

    /// A visitor whose requests carry `address` in `X-Forwarded-For`, as from a trusted proxy.
    pub fn visitor_from(&self, address: &str) -> Visitor {
        let name = HeaderName::from_static("x-forwarded-for");
        let address = HeaderValue::from_str(address).expect("an address");
        let says = SetRequestHeaderLayer::overriding(name, address);
        Visitor::new(gateway(self.address).layer(says))
    }

    /// A visitor who has just logged in.
    pub async fn user(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.sign_up(name).await;
        visitor.log_in(name).await.leads_to("/");
        visitor
    }

    pub fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("a running process");
        let mib = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            let kib: u64 = number.and_then(|kib| kib.parse().ok()).expect("kB");
            kib / 1024
        };
        Memory {
            now: mib("VmRSS:"),
            peak: mib("VmHWM:"),
        }
    }

    /// A connection on which nothing is sent.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(25)))
            .unwrap();
        stream
    }

    /// The response to one request, on a new connection. `None` if it was cut off.
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

    /// The program's exit status, if it ends within `time` by itself.
    pub fn ends_within(&mut self, time: Duration) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < time, "the program is still running");
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
