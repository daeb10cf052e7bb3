//! Core. Random tokens and ids, and their hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::auth::error::AuthError;

/// 256 bits from the system's generator (ASVS 7.2.3 asks for 128).
pub type Token = [u8; 32];

/// # Errors
/// [`AuthError::Unavailable`]: the system has no random numbers.
pub fn random_token() -> Result<Token, AuthError> {
    random()
}

/// An id for a row: 128 random bits as base64url.
///
/// # Errors
/// [`AuthError::Unavailable`]: the system has no random numbers.
pub fn random_id() -> Result<String, AuthError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<16>()?))
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], AuthError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system's random number generator failed");
        AuthError::Unavailable
    })?;
    Ok(bytes)
}

/// The id of a token in the database: its SHA-256 as base64url, from which the token cannot be recovered.
pub fn id_of(token: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(hash(token))
}

/// What stands for a text, such as an address, where it is only compared.
pub fn hashed(text: impl AsRef<[u8]>) -> String {
    id_of(hash(text))
}

pub fn hash(text: impl AsRef<[u8]>) -> Token {
    Sha256::digest(text).into()
}
