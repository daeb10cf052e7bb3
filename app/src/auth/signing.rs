//! Core. Values under a signature that only this server can make.
//!
//! `base64url(mac | issued at | payload)`: HMAC-SHA256 over everything behind it, under a key that HKDF derives
//! for one purpose, so that a value signed for one cookie is nothing in another (the `cookie` crate's signed
//! jar covers neither the name nor the time). The encoding is strict: one value has one spelling.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

use super::config::SECRET_MIN;

const MAC: usize = 32;
const TIME: usize = 8;

/// What a signature is for. A value opens only under the purpose it was sealed for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    Session,
    Remember,
    Flash,
    Device,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"latchkey session cookie 2",
            Self::Remember => b"latchkey remember cookie 1",
            Self::Device => b"latchkey device cookie 1",
            Self::Flash => b"latchkey flash cookie 1",
        }
    }
}

/// Why a secret cannot sign. Says nothing of the secret itself.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BadSecret {
    #[error("has fewer than {SECRET_MIN} bytes")]
    Short,
    #[error("is a sample, not a secret")]
    Sample,
    #[error("is given twice")]
    Twice,
}

/// A value whose signature held.
pub struct Opened {
    pub payload: Vec<u8>,
    /// Unix seconds.
    pub issued_at: i64,
    /// Signed with an older secret: sign it anew.
    pub outdated: bool,
}

/// The secrets, newest first: the first signs, all verify (OWASP's key rotation; ASVS 13.3.4).
pub struct SigningKeys(Vec<Hkdf<Sha256>>);

impl SigningKeys {
    /// # Errors
    /// A secret is short, repeated, or one that somebody copied from a manual.
    pub fn new(first: &SecretString, fallbacks: &[SecretString]) -> Result<Self, BadSecret> {
        let secrets: Vec<&str> = std::iter::once(first)
            .chain(fallbacks)
            .map(ExposeSecret::expose_secret)
            .collect();
        for (index, secret) in secrets.iter().enumerate() {
            if secret.trim().len() < SECRET_MIN {
                return Err(BadSecret::Short);
            }
            if is_sample(secret) {
                return Err(BadSecret::Sample);
            }
            if secrets[..index].contains(secret) {
                return Err(BadSecret::Twice);
            }
        }
        let extract = |secret: &&str| Hkdf::<Sha256>::new(None, secret.as_bytes());
        Ok(Self(secrets.iter().map(extract).collect()))
    }

    pub fn seal(&self, purpose: Purpose, payload: &[u8], issued_at: i64) -> String {
        let signed = [&issued_at.to_be_bytes(), payload].concat();
        let mac = self.mac(0, purpose, &signed).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([mac.as_slice(), &signed].concat())
    }

    pub fn open(&self, purpose: Purpose, sealed: &str) -> Option<Opened> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (mac, signed) = bytes.split_at_checked(MAC)?;
        let (time, payload) = signed.split_at_checked(TIME)?;
        let key = (0..self.0.len())
            .find(|&key| self.mac(key, purpose, signed).verify_slice(mac).is_ok())?;
        Some(Opened {
            payload: payload.to_vec(),
            issued_at: i64::from_be_bytes(time.try_into().ok()?),
            outdated: key > 0,
        })
    }

    fn mac(&self, key: usize, purpose: Purpose, signed: &[u8]) -> Hmac<Sha256> {
        let mut derived = [0; MAC];
        self.0[key]
            .expand(purpose.label(), &mut derived)
            .expect("32 bytes are within HKDF's reach");
        Hmac::new_from_slice(&derived)
            .expect("HMAC takes a key of any length")
            .chain_update(signed)
    }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKeys([{} REDACTED])", self.0.len())
    }
}

/// Words of manuals, and secrets of one or two letters repeated: long enough, and known to everybody.
fn is_sample(secret: &str) -> bool {
    let lower = secret.to_lowercase();
    let kinds: std::collections::HashSet<char> = lower.chars().collect();
    kinds.len() < 8
        || [
            "change",
            "example",
            "secret",
            "sample",
            "replace",
            "password",
            "development",
        ]
        .iter()
        .any(|word| lower.contains(word))
}
