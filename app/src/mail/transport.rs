//! Core. How mail leaves: by SMTP, or into a folder.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Code;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
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
    Smtp {
        server: AsyncSmtpTransport<Tokio1Executor>,
        /// For one mail, with the connection.
        timeout: Duration,
    },
    /// One file a mail, `ID.eml`, as mail programs open it.
    Folder(PathBuf),
}

/// Why a mail was not sent.
#[derive(Debug)]
pub struct Failed {
    /// It makes no sense to try again.
    pub is_permanent: bool,
    /// The code of the server, or the kind of error; neither an address nor a text of the server.
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
        if !is_encrypted && !is_loopback(&parsed) {
            return Err(
                "would send mail, and its password, without encryption: use smtps: or ?tls=required",
            );
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.map_err(|_| "is not like smtps://user:password@host")?;
        Ok(Self::Smtp {
            server: transport.build(),
            timeout: SMTP_TIMEOUT,
        })
    }

    /// # Errors
    /// It was not sent, as far as is known.
    pub async fn send(&self, id: &str, from: &Mailbox, mail: &Sendable) -> Result<(), Failed> {
        match self {
            Self::Smtp {
                server,
                timeout: limit,
            } => {
                let to = mail.to.parse().map_err(|_| permanent("address"))?;
                let envelope = Envelope::new(Some(from.email.clone()), vec![to]);
                let envelope = envelope.map_err(|_| permanent("address"))?;
                let sending = server.send_raw(&envelope, mail.content.as_bytes());
                match timeout(*limit, sending).await {
                    Ok(sent) => sent.map(drop).map_err(|error| failed(&error)),
                    Err(_) => Err(temporary("timeout")),
                }
            }
            Self::Folder(folder) => write_file(folder, id, &mail.content).map_err(|error| {
                tracing::error!(%error, "a mail cannot be written to its folder");
                temporary("folder")
            }),
        }
    }
}

fn permanent(error: &str) -> Failed {
    Failed {
        is_permanent: true,
        error: error.into(),
    }
}

fn temporary(error: &str) -> Failed {
    Failed {
        is_permanent: false,
        error: error.into(),
    }
}

fn failed(error: &SmtpError) -> Failed {
    let kind = if error.is_timeout() {
        "timeout"
    } else if error.is_tls() {
        "tls"
    } else {
        "connection"
    };
    Failed {
        is_permanent: error.status().is_some_and(is_about_the_recipient),
        error: error
            .status()
            .map_or_else(|| kind.into(), |code| code.to_string()),
    }
}

/// No such mailbox, or none that this mail can reach (RFC 5321, 4.2.2). Other codes may be about the account of the site, which its
/// operator can mend while the mail waits.
fn is_about_the_recipient(code: Code) -> bool {
    [501, 550, 551, 553].contains(&u16::from(code))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
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
