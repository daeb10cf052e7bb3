//! Core. Access tokens: how scripts and other services authenticate (Flask-Login's `request_loader`).
//!
//! `Authorization: Bearer lk_..` (RFC 6750) takes precedence over every cookie: such a request acts for the token's user, or
//! is answered with 401. It has no session, so it sets no cookie and is never fresh.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

use super::token::{id_of, random_token};
use crate::auth::error::AuthError;

/// Lets secret scanners find a token in source code and logs.
const PREFIX: &str = "lk_";

/// Bytes. A longer value is not a token of ours.
const LONGEST: usize = 64;

/// A new token and its SHA-256, which is what the database stores: enough for 256 random bits (ASVS 6.5.2).
///
/// # Errors
/// The system has no random numbers.
pub fn new_access_token() -> Result<(SecretString, String), AuthError> {
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_token()?));
    let hash = id_of(&token);
    Ok((token.into(), hash))
}

/// The hash of the bearer token in `headers`, empty for a value that cannot be one of ours. Other schemes than Bearer are
/// ignored: a proxy in front may use Basic authentication.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut tokens = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter_map(|value| {
            let (scheme, token) = match value.as_bytes().iter().position(|&byte| byte == b' ') {
                Some(at) => value.as_bytes().split_at(at),
                None => (value.as_bytes(), [].as_slice()),
            };
            scheme.eq_ignore_ascii_case(b"bearer").then_some(token)
        });
    let first = tokens.next()?;
    let ours = std::str::from_utf8(first)
        .map(str::trim)
        .ok()
        .filter(|token| token.starts_with(PREFIX) && token.len() <= LONGEST);
    let ours = ours.filter(|_| tokens.next().is_none());
    Some(ours.map(id_of).unwrap_or_default())
}
