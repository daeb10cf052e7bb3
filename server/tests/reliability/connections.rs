//! Limits on open connections, in total and for one address.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::support::program::{Program, free_address, start_with, start_with_files};

/// Of a hundred connections, one address may have 75.
const ALL: &str = "100";
const SHARE: usize = 75;

fn connect_from(address: Ipv4Addr, program: &Program) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let from = SocketAddr::from((address, 0));
    socket.bind(&from.into()).unwrap();
    socket.connect(&program.address.into()).unwrap();
    socket.into()
}

fn is_open(stream: &mut TcpStream) -> bool {
    let moment = Some(Duration::from_millis(100));
    stream.set_read_timeout(moment).unwrap();
    let said = stream.read(&mut [0]);
    said.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

fn is_served(mut stream: TcpStream) -> bool {
    let request = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

/// Browsers try the one or the other first.
#[test]
fn localhost_is_served_on_both_loopbacks() {
    let folder = TempDir::new().unwrap();
    let mut program = start_with(&folder, free_address(), &[]);
    program.listens();
    let port = program.address.port();
    assert!(is_served(
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap()
    ));
    assert!(is_served(
        TcpStream::connect((Ipv6Addr::LOCALHOST, port)).unwrap()
    ));
}

#[test]
fn one_address_cannot_take_all_connections() {
    let folder = TempDir::new().unwrap();
    let program = start_with(&folder, free_address(), &[("MAX_CONNECTIONS", ALL)]);
    std::thread::sleep(Duration::from_millis(200));
    let mut silent: Vec<TcpStream> = (0..SHARE + 20).map(|_| program.connect()).collect();
    let open = silent.iter_mut().map(is_open).filter(|&open| open).count();
    assert_eq!(open, SHARE);
    assert!(!is_served(program.connect()));

    let other_address = Ipv4Addr::new(127, 0, 0, 2);
    assert!(is_served(connect_from(other_address, &program)));

    // Closing a connection frees its permit.
    drop(silent);
    std::thread::sleep(Duration::from_millis(300));
    assert!(is_served(program.connect()));
}

#[test]
fn a_low_limit_of_open_files_lowers_the_connection_limit() {
    let folder = TempDir::new().unwrap();
    let program = start_with_files(&folder, 128);
    assert!(is_served(program.connect()));
    let silent: Vec<TcpStream> = (0..300).map(|_| program.connect()).collect();
    std::thread::sleep(Duration::from_millis(300));
    drop(silent);
    std::thread::sleep(Duration::from_millis(300));
    assert!(is_served(program.connect()));
}
