//! Core. A mail in full, as mail servers take it (RFC 5322), and how it is kept.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use serde::{Deserialize, Serialize};

use super::written::Written;
use crate::auth::letters::Letter;
use crate::auth::{AuthError, SealingKeys};

/// What is sent, and to whom.
#[derive(Debug, Deserialize, Serialize)]
pub struct Sendable {
    pub to: String,
    /// The headers and both bodies, text and HTML.
    pub content: String,
}

/// Ask programs for no automatic replies: RFC 3834 (section 5), and Exchange's own header.
const NO_REPLIES: [(&str, &str); 2] = [
    ("Auto-Submitted", "auto-generated"),
    ("X-Auto-Response-Suppress", "All"),
];

/// Few mail servers take a domain that is not ASCII (RFC 6531). `None`: mail servers do not know such an address.
pub fn with_ascii_domain(address: &str) -> Option<Address> {
    let (local, domain) = address.rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain).ok()?;
    format!("{local}@{domain}").parse().ok()
}

/// `None`: mail servers do not know such an address. The Message-ID comes from `id`: a mail that is sent twice, because a server was
/// killed in between, is one mail to many programs.
pub fn in_full(id: &str, from: &Mailbox, letter: &Letter, written: &Written) -> Option<Sendable> {
    // Parsed, so that no line end reaches a header (ASVS 1.3.11).
    let address = with_ascii_domain(&letter.to)?;
    let to = Mailbox::new(None, address.clone());
    let at = UNIX_EPOCH + Duration::from_secs(letter.cause.at.unsigned_abs());
    let mut mail = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(written.subject.clone())
        .date(at)
        .message_id(Some(format!("<{id}@{}>", from.email.domain())));
    for (name, value) in NO_REPLIES {
        let name = HeaderName::new_from_ascii_str(name);
        mail = mail.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let bodies = MultiPart::alternative_plain_html(written.text.clone(), written.html.clone());
    let content = mail.multipart(bodies).ok()?.formatted();
    Some(Sendable {
        to: address.to_string(),
        content: String::from_utf8(content).ok()?,
    })
}

/// # Errors
/// The system has no random numbers.
pub fn sealed(keys: &SealingKeys, id: &str, mail: Option<&Sendable>) -> Result<String, AuthError> {
    let mail = serde_json::to_vec(&mail).map_err(|_| AuthError::Unexpected)?;
    keys.seal(id, &mail)
}

/// `None`: it was sealed with secrets that this server does not have.
pub fn opened(keys: &SealingKeys, id: &str, sealed: &str) -> Option<Sendable> {
    serde_json::from_slice(&keys.open(id, sealed)?).ok()
}
