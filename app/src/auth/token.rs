//! Core. Random tokens, and what the database calls them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::AuthError;

/// 256 bits from the system's generator (ASVS 7.2.3 asks for 128).
pub type Token = [u8; 32];

pub fn random_token() -> Result<Token, AuthError> {
    let mut token = Token::default();
    getrandom::fill(&mut token).map_err(|error| {
        tracing::error!(%error, "no random numbers");
        AuthError::Unavailable
    })?;
    Ok(token)
}

/// What the database calls a token: it cannot be turned back into one.
pub fn id_of(token: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
