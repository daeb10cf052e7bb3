//! nginx in front of several servers, with the configuration from the deployment manual.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use tempfile::TempDir;

use crate::support::gateway::gateway;
use crate::support::program::free_address;

pub struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

/// Starts nginx, or the program that `NGINX_PROGRAM` names.
pub fn nginx(servers: &[SocketAddr]) -> Nginx {
    let folder = TempDir::new().expect("a temporary folder");
    let address = free_address();
    fs::write(
        folder.path().join("nginx.conf"),
        configuration(address, servers),
    )
    .unwrap();
    let program = std::env::var_os("NGINX_PROGRAM").unwrap_or("nginx".into());
    let mut child = Command::new(program)
        .arg("-p")
        .arg(folder.path())
        .args(["-c", "nginx.conf", "-e", "error.log"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx");
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "nginx does not listen"
        );
        assert!(child.try_wait().unwrap().is_none(), "nginx has stopped");
        std::thread::sleep(Duration::from_millis(20));
    }
    Nginx {
        child,
        address,
        folder,
    }
}

impl Nginx {
    pub fn router(&self) -> Router {
        gateway(self.address)
    }

    /// The kinds of errors in nginx's log, and how often each occurs.
    pub fn errors(&self) -> BTreeMap<String, usize> {
        let log = fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default();
        let mut errors = BTreeMap::new();
        for line in log.lines() {
            let (_, what) = line.split_once('*').unwrap_or(("", line));
            let (_, what) = what.split_once(' ').unwrap_or(("", what));
            let (what, _) = what.split_once(", client").unwrap_or((what, ""));
            *errors.entry(what.to_owned()).or_default() += 1;
        }
        errors
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One process in the foreground, so that the test can end it.
fn configuration(address: SocketAddr, servers: &[SocketAddr]) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deployment.md");
    let readme = fs::read_to_string(readme).expect("the document");
    let between = |from: &str, to: &str| {
        let (_, rest) = readme.split_once(from)?;
        rest.split_once(to).map(|(lines, _)| lines.to_owned())
    };
    let how = between("        server 127.0.0.1:3000", "\n").expect("a server's line");
    let location = between("    location / {\n", "    }\n").expect("the location's block");
    let servers = servers.iter().map(|server| format!("server {server}{how}"));
    let servers = servers.collect::<Vec<_>>().join(" ");
    format!(
        "daemon off; master_process off; pid nginx.pid;
        events {{ worker_connections 4096; }}
        http {{
            access_log off;
            client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            upstream latchkey {{ {servers} }}
            server {{ listen {address}; location / {{ {location} }} }}
        }}"
    )
}
