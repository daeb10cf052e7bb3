//! Core. Identifiers: when two e-mail addresses are one account.

use email_address::{EmailAddress, Options};
use unicode_normalization::{UnicodeNormalization, is_nfkc};

use super::characters::is_invisible;
use super::texts::nfc;
use crate::auth::config::EMAIL_MAX;
use crate::auth::error::AuthError;

/// An address as it was typed, and the key that all its spellings share. Computed here and not by the database: the engines
/// disagree on lower case beyond ASCII.
pub struct Email {
    pub typed: String,
    pub key: String,
}

impl Email {
    /// # Errors
    /// [`AuthError::InvalidEmail`].
    pub fn read(typed: &str) -> Result<Self, AuthError> {
        Self::parse(typed).ok_or(AuthError::InvalidEmail)
    }

    fn parse(typed: &str) -> Option<Self> {
        // A compatibility character (full width, the Kelvin sign, ligatures) is refused and not replaced: no real address
        // has one, and the replaced address would belong to another person.
        let itself = |c: char| is_nfkc(c.encode_utf8(&mut [0; 4]));
        let plain = |c: char| itself(c) && !c.is_whitespace() && !is_invisible(c);
        let typed = typed.trim();
        if typed.len() > EMAIL_MAX || !typed.chars().all(plain) {
            return None;
        }
        let typed = nfc(typed, EMAIL_MAX)?;
        if !is_nfkc(&typed) || !is_address(&typed) {
            return None;
        }
        let (local, domain) = typed.rsplit_once('@')?;
        // Capital sigma has two lower-case letters.
        let local = local
            .to_lowercase()
            .replace('ς', "σ")
            .nfc()
            .collect::<String>();
        let domain = idna::domain_to_ascii(domain).ok()?;
        let key = format!("{local}@{domain}");
        (key.len() <= EMAIL_MAX && is_address(&key)).then_some(Self { typed, key })
    }
}

/// `local@domain` and nothing around it. A quoted local part is the same mailbox without the quotes (RFC 5321, 4.1.2), and
/// one mailbox is one account; an address literal in brackets is no domain, and neither is a percent-encoded one.
fn is_address(text: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal();
    !text.contains('"')
        && text
            .rsplit('@')
            .next()
            .is_some_and(|domain| !domain.contains('%'))
        && EmailAddress::parse_with_options(text, options).is_ok()
}
