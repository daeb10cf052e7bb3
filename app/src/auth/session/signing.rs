//! Core. Signed values.
//!
//! `base64url(mac | issued at | payload)`: HMAC-SHA256 over everything behind it, under a key that HKDF derives for one
//! purpose, so that a value signed for one cookie is invalid in another. (Of the `cookie` crate's jars `SignedJar` binds
//! neither the name nor the time, `PrivateJar` the name but not the time, and neither rotates keys.) The encoding is strict:
//! a value has one spelling.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

use super::sealing::SealingKeys;
use crate::auth::config::SECRET_MIN;

const MAC: usize = 32;
const TIME: usize = 8;

/// What a signature is for. A value opens only under the purpose it was sealed for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    Session,
    Remember,
    Flash,
    Device,
    /// Values that the app keeps for a browser.
    Kept,
}

/// All of them: the keys of each are derived once.
pub(super) const PURPOSES: usize = 5;

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"latchkey session cookie 2",
            Self::Remember => b"latchkey remember cookie 1",
            Self::Device => b"latchkey device cookie 1",
            Self::Flash => b"latchkey flash cookie 2",
            Self::Kept => b"latchkey kept values cookie 1",
        }
    }
}

/// Why a secret is refused. Never contains the secret.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BadSecret {
    #[error("has fewer than {SECRET_MIN} bytes")]
    Short,
    #[error("is a sample from a manual, or repeats a few characters")]
    Sample,
    #[error("is given twice")]
    Twice,
}

/// A value with a valid signature.
pub struct Opened {
    pub payload: Vec<u8>,
    /// Unix seconds.
    pub issued_at: i64,
    /// Signed with an older secret: sign it again.
    pub needs_rotation: bool,
}

/// One key for each purpose, for each secret, newest first: the first signs, all verify (OWASP's key rotation; ASVS 13.3.4).
pub struct SigningKeys {
    keys: Vec<[Hmac<Sha256>; PURPOSES]>,
    sealing: SealingKeys,
}

impl SigningKeys {
    /// # Errors
    /// A secret is short, repeated, or a sample from a manual.
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
        Ok(Self {
            keys: secrets.iter().map(|secret| derive(secret)).collect(),
            sealing: SealingKeys::derive(secrets.iter().copied()),
        })
    }

    /// Keys of the same secrets, for values that must not be read.
    pub fn sealing(&self) -> SealingKeys {
        self.sealing.clone()
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
        let key = (0..self.keys.len())
            .find(|&key| self.mac(key, purpose, signed).verify_slice(mac).is_ok())?;
        Some(Opened {
            payload: payload.to_vec(),
            issued_at: i64::from_be_bytes(time.try_into().ok()?),
            needs_rotation: key > 0,
        })
    }

    fn mac(&self, key: usize, purpose: Purpose, signed: &[u8]) -> Hmac<Sha256> {
        self.keys[key][purpose as usize]
            .clone()
            .chain_update(signed)
    }
}

/// The keys of a secret, at the place of their purpose.
fn derive(secret: &str) -> [Hmac<Sha256>; PURPOSES] {
    let extracted = Hkdf::<Sha256>::new(None, secret.as_bytes());
    [
        Purpose::Session,
        Purpose::Remember,
        Purpose::Flash,
        Purpose::Device,
        Purpose::Kept,
    ]
    .map(|purpose| {
        let mut key = [0; MAC];
        extracted
            .expand(purpose.label(), &mut key)
            .expect("32 bytes are within HKDF's limit");
        Hmac::new_from_slice(&key).expect("HMAC takes a key of any length")
    })
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKeys([{} REDACTED])", self.keys.len())
    }
}

/// True for sample secrets from manuals and for repetitions of a few characters: they are long enough but easy to guess.
fn is_sample(secret: &str) -> bool {
    let lower = secret.to_lowercase();
    let distinct: std::collections::HashSet<char> = lower.chars().collect();
    distinct.len() < 8
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
