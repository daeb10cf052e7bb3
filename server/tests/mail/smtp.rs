//! Mail servers on the loopback that take a mail, refuse it, stall or cut the connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::mail::transport::Transport;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// What the server does with the next mails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Behaviour {
    Takes,
    /// Answers the recipient with this.
    Answers(&'static str),
    /// Takes the mail, and cuts the connection before it says so.
    TakesAndCuts,
    /// Takes one mail on each connection.
    TakesOneEach,
    /// Cuts the connection at once.
    Cuts,
    /// Keeps the connection open, and does not even greet.
    SaysNothing,
    /// Takes the mail, and does not say so.
    TakesAndSaysNothing,
    /// Takes the mail, and says so after two seconds.
    AnswersLate,
}

#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
    behaviour: Arc<Mutex<Behaviour>>,
    connections: Arc<AtomicUsize>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            mails: Arc::default(),
            behaviour: Arc::new(Mutex::new(Behaviour::Takes)),
            connections: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                server.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    pub fn transport(&self) -> Transport {
        Transport::of(&format!("smtp://{}", self.address)).expect("a transport")
    }

    /// The same, giving up after `limit`.
    pub fn transport_that_waits(&self, limit: Duration) -> Transport {
        let mut transport = self.transport();
        if let Transport::Smtp(server) = &mut transport {
            server.timeout = limit;
        }
        transport
    }

    pub fn now(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// The mails that it has taken, as they came.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    /// The number of connections since the last call.
    pub fn connections(&self) -> usize {
        self.connections.swap(0, Ordering::SeqCst)
    }

    /// Waits for a connection since the last call.
    pub async fn is_called(&self) {
        let called = async {
            while self.connections() == 0 {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let called = timeout(Duration::from_secs(20), called).await;
        called.expect("a connection");
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let behaviour = || *self.behaviour.lock().unwrap();
        if behaviour() == Behaviour::Cuts {
            return None;
        }
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut taken = 0;
        if behaviour() == Behaviour::SaysNothing {
            return std::future::pending().await;
        }
        write.write_all(b"220 test\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
            let answer = match (&*verb, behaviour()) {
                // A connection that is kept open is cut, too.
                (_, Behaviour::Cuts) => return None,
                ("EHLO", _) => "250 test".into(),
                ("MAIL", Behaviour::TakesOneEach) if taken > 0 => "421 enough".into(),
                ("RCPT", Behaviour::Answers(answer)) => answer.into(),
                ("DATA", _) => {
                    write.write_all(b"354 send it\r\n").await.ok()?;
                    let mut mail = String::new();
                    // A mail without its end has not been sent (RFC 5321, 4.1.1.4).
                    loop {
                        let line = lines.next_line().await.ok()??;
                        if line == "." {
                            break;
                        }
                        mail += line.strip_prefix('.').unwrap_or(&line);
                        mail += "\r\n";
                    }
                    self.mails.lock().unwrap().push(mail);
                    taken += 1;
                    match behaviour() {
                        Behaviour::TakesAndCuts => return None,
                        Behaviour::TakesAndSaysNothing => std::future::pending().await,
                        Behaviour::AnswersLate => {
                            sleep(Duration::from_secs(2)).await;
                            "250 taken".into()
                        }
                        _ => "250 taken".into(),
                    }
                }
                ("QUIT", _) => "221 bye".into(),
                _ => String::from("250 ok"),
            };
            write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .ok()?;
        }
        Some(())
    }
}

#[test]
fn what_is_not_encrypted_goes_to_this_machine_only() {
    for url in [
        "smtp://mail.example.com",
        "smtp://mail.example.com?tls=opportunistic",
        "smtp://mail.example.com?tls=none",
        "smtp://127.0.0.1.example.com",
    ] {
        let refused = Transport::of(url).expect_err(url);
        assert!(refused.contains("without encryption"), "{url}: {refused}");
    }
    for url in [
        "imap://example.com",
        "mail.example.com",
        "",
        "http://example.com",
        "smtp://[::1]:1025",
        "smtps://u:p@[2001:db8::1]",
    ] {
        assert!(Transport::of(url).is_err(), "{url}");
    }
}

#[tokio::test]
async fn encrypted_mail_and_mail_to_this_machine_is_sent() {
    for url in [
        "smtps://u:p@mail.example.com",
        "smtp://u:p@mail.example.com:587?tls=required",
        "smtp://localhost:1025",
        "smtp://127.0.0.1:25?tls=opportunistic",
        "file:data/mail",
    ] {
        assert!(Transport::of(url).is_ok(), "{url}");
    }
}
