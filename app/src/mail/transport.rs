//! Core. How mail leaves: by SMTP, or into a folder.

use std::error::Error;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::sync::Mutex;
use tokio::time::timeout;
use url::Url;

use super::message::Sendable;
use super::outbox::LEASE;

/// How long a mail server may take for one mail: within the lease, so that no two servers send one mail at a time.
const SMTP_TIMEOUT: Duration = Duration::from_mins(1);
const _: () = assert!(SMTP_TIMEOUT.as_secs() * 2 <= LEASE.unsigned_abs());

/// Where mail goes.
#[derive(Debug)]
pub enum Transport {
    Smtp(Box<SmtpServer>),
    /// One file a mail, `ID.eml`, as mail programs open it.
    Folder(PathBuf),
}

/// A mail server, with a connection that stays open between mails.
#[derive(Debug)]
pub struct SmtpServer {
    builder: AsyncSmtpTransportBuilder,
    open: Mutex<Option<Connections>>,
    /// For one mail, with the connection.
    pub timeout: Duration,
}

type Connections = AsyncSmtpTransport<Tokio1Executor>;

/// Why a mail was not sent.
#[derive(Debug)]
pub struct Failed {
    /// It makes no sense to try again.
    pub is_permanent: bool,
    /// The codes of the server, or the kind of error; neither an address nor a text of the server.
    pub error: String,
}

impl Transport {
    /// `smtps://user:password@host`, `smtp://user:password@host?tls=required` or `file:FOLDER`. What is not encrypted goes to this
    /// machine only (ASVS 12.3.1).
    ///
    /// # Errors
    /// What is wrong with it; never its value, which has a password.
    pub fn of(url: &str) -> Result<Self, &'static str> {
        if let Some(folder) = url.strip_prefix("file:") {
            return Ok(Self::Folder(folder.into()));
        }
        let parsed = Url::parse(url).map_err(|_| "is not like smtps://user:password@host")?;
        let tls = parsed.query_pairs().find(|(name, _)| name == "tls");
        let is_encrypted = match (parsed.scheme(), tls) {
            ("smtps", _) => true,
            ("smtp", Some((_, tls))) => tls == "required",
            ("smtp", None) => false,
            _ => return Err("begins with none of smtps:, smtp: and file:"),
        };
        let host = parsed.host_str().unwrap_or_default();
        if host.starts_with('[') {
            // lettre would look for a host of this name.
            return Err("has an IPv6 address: use a name, as localhost");
        }
        if !is_encrypted && !is_loopback(host) {
            return Err(
                "would send mail, and its password, without encryption: use smtps: or ?tls=required",
            );
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let builder = builder.map_err(|_| "is not like smtps://user:password@host")?;
        Ok(Self::Smtp(Box::new(SmtpServer {
            builder,
            open: Mutex::default(),
            timeout: SMTP_TIMEOUT,
        })))
    }

    /// # Errors
    /// It was not sent, as far as is known.
    pub async fn send(&self, id: &str, from: &Mailbox, mail: &Sendable) -> Result<(), Failed> {
        match self {
            Self::Smtp(server) => server.send(from, mail).await,
            Self::Folder(folder) => write_file(folder, id, &mail.content).map_err(|error| {
                tracing::error!(%error, "a mail cannot be written to its folder");
                temporary("folder")
            }),
        }
    }
}

impl SmtpServer {
    async fn send(&self, from: &Mailbox, mail: &Sendable) -> Result<(), Failed> {
        let to = mail.to.parse().map_err(|_| no_such_address())?;
        let envelope = Envelope::new(Some(from.email.clone()), vec![to]);
        let envelope = envelope.map_err(|_| no_such_address())?;
        let sent = timeout(self.timeout, self.send_to(&envelope, mail)).await;
        let Ok(sent) = sent else {
            // A late answer on this connection would be taken for that of the next mail. It is closed in the background.
            *self.open.lock().await = None;
            return Err(temporary("timeout"));
        };
        sent.map_err(|error| failed(&error, mail))
    }

    async fn send_to(&self, envelope: &Envelope, mail: &Sendable) -> Result<(), SmtpError> {
        let content = mail.content.as_bytes();
        let sent = self.connections().await.send_raw(envelope, content).await;
        let ends = |error: &SmtpError| error.status().is_some_and(|code| u16::from(code) == ENDS);
        if !sent.as_ref().is_err_and(ends) {
            return sent.map(drop);
        }
        // Some servers take a limited number of mails on one connection.
        *self.open.lock().await = None;
        let sent = self.connections().await.send_raw(envelope, content).await;
        sent.map(drop)
    }

    async fn connections(&self) -> Connections {
        let mut open = self.open.lock().await;
        let open = open.get_or_insert_with(|| self.builder.clone().build());
        open.clone()
    }
}

/// The server ends the connection (RFC 5321, 3.8).
const ENDS: u16 = 421;

/// Mail servers know no such address.
fn no_such_address() -> Failed {
    Failed {
        is_permanent: true,
        error: "address".into(),
    }
}

fn temporary(error: &str) -> Failed {
    Failed {
        is_permanent: false,
        error: error.into(),
    }
}

fn failed(error: &SmtpError, mail: &Sendable) -> Failed {
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    if error.is_client() && !mail.to.is_ascii() && text.contains("SMTPUTF8") {
        // The server takes ASCII only (RFC 6531).
        return no_such_address();
    }
    let Some(code) = error.status() else {
        return temporary(if error.is_timeout() {
            "timeout"
        } else if error.is_tls() {
            "tls"
        } else {
            "connection"
        });
    };
    let status = text.split(' ').next().filter(|word| is_status(word));
    Failed {
        is_permanent: error.is_permanent() && status.is_some_and(is_about_the_recipient),
        error: status.map_or_else(|| code.to_string(), |status| format!("{code} {status}")),
    }
}

/// An enhanced status code, as `5.1.1` (RFC 3463).
fn is_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let are_numbers =
        parts.all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()));
    are_numbers && word.split('.').count() == 3
}

/// There is no such mailbox, or it takes no mail any more (RFC 3463, X.1 and X.2; RFC 7505). All other refusals, also those without
/// such a code, may be about the site, its sender or its quota, which the operator can mend while the mail waits, or end by themselves.
fn is_about_the_recipient(status: &str) -> bool {
    let (_, detail) = status.split_once('.').unwrap_or_default();
    ["1.1", "1.2", "1.3", "1.6", "1.10", "2.1"].contains(&detail)
}

fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// Only its owner may read it. A mail that is sent again replaces itself.
fn write_file(folder: &Path, id: &str, content: &str) -> std::io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(folder.join(format!("{id}.eml")))?;
    file.write_all(content.as_bytes())
}
