//! Core. Values that only this site can read: encrypted and authenticated, under keys that HKDF derives of the site's secrets for
//! this purpose alone (ASVS 11.3.2, 13.3.1).
//!
//! `base64url(nonce | ciphertext)` of XChaCha20-Poly1305: its nonce has 192 bits, so that random ones do not repeat.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

use super::token::random;
use crate::auth::error::AuthError;

const LABEL: &[u8] = b"latchkey sealed values 1";
const NONCE: usize = 24;

/// One key for each secret, newest first: the first seals, all open.
#[derive(Clone)]
pub struct SealingKeys(Vec<XChaCha20Poly1305>);

impl SealingKeys {
    pub(super) fn derive<'a>(secrets: impl Iterator<Item = &'a str>) -> Self {
        let key = |secret: &str| {
            let mut key = [0; 32];
            Hkdf::<Sha256>::new(None, secret.as_bytes())
                .expand(LABEL, &mut key)
                .expect("32 bytes are within HKDF's limit");
            XChaCha20Poly1305::new(&key.into())
        };
        Self(secrets.map(key).collect())
    }

    /// `name` is where the value is kept, such as the id of its row: it cannot be opened as the value of another place.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`]: the system has no random numbers.
    pub fn seal(&self, name: &str, value: &[u8]) -> Result<String, AuthError> {
        let nonce = random::<NONCE>()?;
        let payload = Payload {
            msg: value,
            aad: name.as_bytes(),
        };
        let sealed = self.0[0].encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| AuthError::Unexpected)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// `None`: it was sealed with other secrets, for another place, or was changed.
    pub fn open(&self, name: &str, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let nonce = XNonce::from(*nonce);
        self.0.iter().find_map(|key| {
            let payload = Payload {
                msg: sealed,
                aad: name.as_bytes(),
            };
            key.decrypt(&nonce, payload).ok()
        })
    }
}

impl std::fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealingKeys([{} REDACTED])", self.0.len())
    }
}
