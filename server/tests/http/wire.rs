//! Raw bytes that no HTTP client would send, to the running program.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::{Program, start};
use crate::support::visitor::SESSION;

/// The start of a valid request.
const GOOD: &str = "GET /api/current_user HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

fn status(answer: &str) -> &str {
    let mut words = answer.split(' ');
    words.nth(1).unwrap_or_default()
}

/// The response to these bytes, read until the server closes the connection; empty if it closes without a response.
fn raw(program: &Program, bytes: &[u8]) -> String {
    let mut stream = program.connect();
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    let open = end.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(!open, "still open after {answer:?}");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The session cookie's value of a user who has just signed up and logged in.
fn session_of(program: &Program, name: &str) -> String {
    let credentials = format!("email={name}%40b.test&password=four+words+in+a+row");
    program.ask("POST", "/api/signup", &format!("name={name}&{credentials}"));
    let answer = program.ask("POST", "/api/login", &credentials).unwrap();
    let (_, rest) = answer
        .split_once(&format!("set-cookie: {SESSION}="))
        .expect("a session");
    rest.split(';').next().unwrap().to_owned()
}

/// The program's log so far.
fn log(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join("log")).expect("a log")
}

/// Checks that the last response is that of a guest.
fn assert_ends_with_a_guest(answers: &str) {
    let (_, body) = answers.rsplit_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert!(body["guest"].is_object(), "{answers}");
}

type Row = (&'static str, String, &'static str);

/// Header lines, and the status that they get.
fn lines_of_a_head(session: &str) -> Vec<Row> {
    let lines = |count: usize| "Cookie: a=b\r\n".repeat(count);
    vec![
        (
            "a NUL in a cookie",
            format!("{GOOD}Cookie: {SESSION}=\0{session}\r\n\r\n"),
            "400",
        ),
        (
            "a control character",
            format!("{GOOD}Cookie: {SESSION}={session}\x01\r\n\r\n"),
            "400",
        ),
        (
            "a vertical tab",
            format!("{GOOD}Cookie: {SESSION}=\x0b{session}\r\n\r\n"),
            "400",
        ),
        (
            "a DEL character",
            format!("{GOOD}Cookie: {SESSION}=\x7f{session}\r\n\r\n"),
            "400",
        ),
        (
            "a bare CR",
            format!("{GOOD}Cookie: {SESSION}={session}\r; a=b\r\n\r\n"),
            "400",
        ),
        (
            "a folded line",
            format!("{GOOD}Cookie: a=b;\r\n {SESSION}={session}\r\n\r\n"),
            "400",
        ),
        (
            "a space before the colon",
            format!("{GOOD}Cookie : {SESSION}={session}\r\n\r\n"),
            "400",
        ),
        (
            "97 lines of cookies",
            format!("{GOOD}{}\r\n", lines(97)),
            "200",
        ),
        ("98 and two more", format!("{GOOD}{}\r\n", lines(98)), "200"),
        ("99 and two more", format!("{GOOD}{}\r\n", lines(99)), "431"),
        ("very many", format!("{GOOD}{}\r\n", lines(10_000)), "431"),
        (
            "a long cookie",
            format!("{GOOD}Cookie: a={}\r\n\r\n", "x".repeat(1024 * 1024)),
            "431",
        ),
        (
            "a long referer",
            format!("{GOOD}Referer: {}\r\n\r\n", "x".repeat(1024 * 1024)),
            "431",
        ),
        (
            "a long user agent",
            format!("{GOOD}User-Agent: {}\r\n\r\n", "x".repeat(64 * 1024)),
            "200",
        ),
        (
            "a user agent in two lines",
            format!("{GOOD}User-Agent: a\r\n b\r\n\r\n"),
            "400",
        ),
        (
            "a user agent with colour codes",
            format!("{GOOD}User-Agent: \x1b[31m\r\n\r\n"),
            "400",
        ),
    ]
}

/// Request lines, and the status that they get.
fn first_lines(session: &str) -> Vec<Row> {
    vec![
        (
            "a long URL",
            format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(70_000)),
            "414",
        ),
        ("no URL", "GET HTTP/1.1\r\nHost: x\r\n\r\n".into(), "400"),
        (
            "an unknown protocol",
            "GET / FTP/1.1\r\nHost: x\r\n\r\n".into(),
            "400",
        ),
        (
            "a future version of HTTP",
            "GET / HTTP/9.9\r\nHost: x\r\n\r\n".into(),
            "400",
        ),
        ("HTTP/0.9", "GET /\r\n\r\n".into(), "400"),
        (
            "two spaces",
            "POST  /api/logout HTTP/1.1\r\nHost: x\r\n\r\n".into(),
            "400",
        ),
        (
            "no host",
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".into(),
            "400",
        ),
        (
            "an empty host",
            "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n".into(),
            "400",
        ),
        (
            "two hosts",
            "GET / HTTP/1.1\r\nHost: x\r\nHost: evil.test\r\nConnection: close\r\n\r\n".into(),
            "400",
        ),
        (
            "an invalid host",
            "GET / HTTP/1.1\r\nHost: x@evil.test/\r\nConnection: close\r\n\r\n".into(),
            "400",
        ),
        (
            "HTTP/1.0 with a host",
            "GET / HTTP/1.0\r\nHost: x\r\n\r\n".into(),
            "200",
        ),
        ("HTTP/1.0 without", "GET / HTTP/1.0\r\n\r\n".into(), "200"),
        (
            "a URL of another host",
            "GET http://evil.test/account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".into(),
            "303",
        ),
        ("nothing", "\r\n\r\n\r\n".into(), ""),
        ("noise", "\u{16}\u{3}\u{1}\u{2}\0\u{1}".into(), "400"),
        (
            "a method in lower case",
            format!(
                "post /api/logout HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
                 Cookie: {SESSION}={session}\r\n\r\n"
            ),
            "405",
        ),
    ]
}

#[test]
fn a_broken_request_head_is_refused_and_the_next_client_is_served() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let session = session_of(&program, "ada");
    let known = format!("{GOOD}Cookie: {SESSION}={session}\r\n\r\n");
    assert!(raw(&program, known.as_bytes()).contains("\"ada\""));
    let rows = lines_of_a_head(&session).into_iter();
    for (what, bytes, expected) in rows.chain(first_lines(&session)) {
        let answer = raw(&program, bytes.as_bytes());
        assert_eq!(status(&answer), expected, "{what}: {answer:.300}");
        assert!(!answer.contains("\"ada\""), "{what}");
        assert!(!answer.contains("evil.test"), "{what}: {answer}");
        assert!(
            raw(&program, known.as_bytes()).contains("\"ada\""),
            "after {what}"
        );
    }
    let log = log(&folder);
    assert!(
        !log.contains(&session) && !log.contains("panicked"),
        "{log}"
    );
}

/// No request affects another one on the same connection.
#[test]
fn requests_on_one_connection_do_not_affect_each_other() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let session = session_of(&program, "ada");
    let credentials = "email=ada%40b.test&password=four+words+in+a+row";
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let login = format!(
        "POST /api/login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n{kind}Content-Length: {}\r\n\r\n{credentials}",
        credentials.len()
    );
    let asks = |lines: &str| format!("GET /api/current_user HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
    let last = "Connection: close\r\n";
    let mine = format!("Cookie: {SESSION}={session}\r\n");

    let answer = raw(&program, format!("{login}{}", asks(last)).as_bytes());
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer}");
    assert_ends_with_a_guest(&answer);

    let answer = raw(
        &program,
        format!("{}{}", asks(&mine), asks(last)).as_bytes(),
    );
    assert_eq!(answer.matches("ada@b.test").count(), 1, "{answer}");
    assert_ends_with_a_guest(&answer);

    // A proxy removes the headers that `Connection` names. If this one is removed, the server treats it as missing and uses
    // no other value.
    let answer = raw(
        &program,
        asks(&format!("Connection: close, Cookie\r\n{mine}")).as_bytes(),
    );
    assert!(answer.contains("\"ada\""), "{answer}");
    for named in ["Origin", "Sec-Fetch-Site", "Cookie"] {
        let request = format!(
            "POST /api/logout HTTP/1.1\r\nHost: x\r\nConnection: close, {named}\r\n{mine}{kind}Content-Length: 0\r\n\r\n"
        );
        assert_eq!(status(&raw(&program, request.as_bytes())), "403", "{named}");
    }

    // After the body, where no parser looks.
    let request = format!(
        "POST /api/logout HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nTE: trailers\r\nTrailer: Cookie\r\n\
         Connection: close\r\n{kind}Transfer-Encoding: chunked\r\n\r\n0\r\n{mine}\r\n"
    );
    assert_eq!(status(&raw(&program, request.as_bytes())), "200");
    let answer = raw(&program, asks(&format!("{last}{mine}")).as_bytes());
    assert!(
        answer.contains("\"ada\""),
        "a trailer logged the user out: {answer}"
    );

    // Two lengths: by one of them the body contains another request.
    for lengths in [
        "Content-Length: 0\r\nContent-Length: 60\r\n",
        "Content-Length: 0, 60\r\n",
        "Content-Length: +0\r\n",
        "Content-Length: 0x0\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: x\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
    ] {
        let request = format!(
            "POST /api/logout HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: cross-site\r\n{kind}{lengths}\r\n{}",
            asks(&format!("{last}{mine}"))
        );
        let answer = raw(&program, request.as_bytes());
        assert_eq!(status(&answer), "400", "{lengths}: {answer}");
        assert!(!answer.contains("\"ada\""), "{lengths}: {answer}");
    }
}

#[test]
fn a_body_in_malformed_chunks_is_a_bad_request() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    for chunks in [
        "zz\r\n",
        "5\r\nemail!!0\r\n\r\n",
        "-1\r\n\r\n",
        "ffffffffffffffffff\r\n",
    ] {
        for (accept, says) in [
            (
                "text/html",
                "<h1>Something was wrong with that request.</h1>",
            ),
            ("application/json", "\"bad_request\""),
        ] {
            let request = format!(
                "POST /api/login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nAccept: {accept}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
            );
            let answer = raw(&program, request.as_bytes());
            assert_eq!(status(&answer), "400", "{chunks:?}: {answer}");
            assert!(answer.contains(says), "{chunks:?}: {answer}");
        }
    }
}

/// The server speaks HTTP/1.1 only: no streams to open and reset, no protocol to upgrade to.
#[test]
fn http_2_is_not_supported() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let resets: Vec<u8> = (0..10_000_u32)
        .flat_map(|stream| {
            let id = (2 * stream + 1).to_be_bytes();
            let headers = [b"\0\0\x01\x01\x05".as_slice(), &id, b"\x82"].concat();
            [
                headers,
                [b"\0\0\x04\x03\0".as_slice(), &id, &[0; 4]].concat(),
            ]
            .concat()
        })
        .collect();
    let answer = raw(&program, &[preface.as_slice(), &resets].concat());
    assert!(["400", "505", ""].contains(&status(&answer)), "{answer}");

    let answer = raw(
        &program,
        format!("{GOOD}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n").as_bytes(),
    );
    assert_eq!(status(&answer), "200");
    let answer = raw(
        &program,
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n\
          HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    );
    assert_eq!(
        status(&answer),
        "200",
        "a response without a change of protocol"
    );
}

/// An idle keep-alive connection is closed, and other clients are served in the meantime.
#[test]
fn idle_connections_are_closed_and_do_not_block_other_clients() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let idle: Vec<TcpStream> = (0..400)
        .map(|_| {
            let mut stream = program.connect();
            stream
                .write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
                .unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    let answer = program
        .ask("GET", "/", "")
        .expect("a response in the meantime");
    assert!(answer.starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() < Duration::from_secs(3));
    for mut stream in idle {
        let mut rest = Vec::new();
        let end = stream.read_to_end(&mut rest);
        let timed_out = end.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!timed_out, "still open");
        assert!(rest.starts_with(b"HTTP/1.1 200"));
    }
}

/// The client disconnects during the head, the body, the hash and the response.
#[test]
fn aborted_connections_leave_no_partial_login_and_free_their_permits() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let session = session_of(&program, "ada");
    let body = "email=ada%40b.test&password=four+words+in+a+row&remember=on";
    let request = format!(
        "POST /api/login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    for round in 0..6 {
        let mut hanging = Vec::new();
        for point in 0..20 {
            let mut stream = program.connect();
            let sent = if point < 10 {
                request.len() * (point + 1) / 11
            } else {
                request.len()
            };
            stream.write_all(&request.as_bytes()[..sent]).unwrap();
            if point % 2 == 0 {
                // A reset instead of a normal close: the client discards a response that it has not read.
                let _ = stream.shutdown(Shutdown::Write);
            }
            hanging.push(stream);
            if point % 3 == round % 3 {
                std::thread::sleep(Duration::from_millis(3 * point as u64));
            }
        }
        drop(hanging);
    }
    let begun = Instant::now();
    let known = format!("{GOOD}Cookie: {SESSION}={session}\r\n\r\n");
    assert!(raw(&program, known.as_bytes()).contains("\"ada\""));
    // One login for each permit: all succeed only if the aborted ones have released theirs.
    for _ in 0..8 {
        let answer = program.ask("POST", "/api/login", body).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
    let log = log(&folder);
    assert!(
        !log.contains("panicked") && !log.contains("four+words"),
        "{log}"
    );
}

/// A body that arrives a byte per second is aborted after the time-out, and other clients are served in the meantime
/// (`process.rs` has slow heads).
#[test]
fn a_body_that_never_ends_is_aborted() {
    let folder = TempDir::new().unwrap();
    let program = start(&folder);
    let mut slow: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = program.connect();
            let head = "POST /api/login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nAccept: text/html\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let begun = Instant::now();
    for _ in 0..28 {
        for stream in &mut slow {
            stream.write_all(b"e").unwrap();
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    let answer = program
        .ask("GET", "/", "")
        .expect("a response in the meantime");
    assert!(answer.starts_with("HTTP/1.1 200"));
    for mut stream in slow {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(status(&answer), "408", "{answer}");
        let heading = "<h1>That took too long to arrive.</h1>";
        assert!(answer.contains(heading), "{answer}");
    }
    assert!(begun.elapsed() < Duration::from_secs(35));
}
