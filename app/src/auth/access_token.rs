//! Core. Access tokens: how scripts and other services authenticate (Flask-Login's `request_loader`).
//!
//! `Authorization: Bearer lk_..` (RFC 6750) goes before every cookie: a request that carries it is that token's, or
//! 401. It has no session, so it writes none and is never fresh.

use std::sync::atomic::Ordering;

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

use super::token::{id_of, random_token};
use super::{AuthError, EventKind, Loaded, Session, UserLoader};

/// Lets scanners of source code and logs find a token that got there.
const PREFIX: &str = "lk_";

/// Longer is none of ours.
const LONGEST: usize = 64;

/// A new token, and what the database may know of it: its SHA-256, which is enough for 256 random bits (ASVS 6.5.2).
///
/// # Errors
/// The system has no random numbers.
pub fn new_access_token() -> Result<(SecretString, String), AuthError> {
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random_token()?));
    let hash = id_of(&token);
    Ok((token.into(), hash))
}

/// The hash of the bearer token in `headers`, empty for one that cannot be ours. Other schemes than Bearer are
/// somebody else's business: a proxy in front may ask for a password of its own.
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

impl Session {
    pub(super) async fn load_from_request(&self, token: &str) -> Result<Option<Loaded>, AuthError> {
        let user = if token.is_empty() {
            None
        } else {
            let users = self.users();
            users.load_user_from_request(token, self.now()).await?
        };
        let Some(user) = user else {
            self.emit(EventKind::TokenRefused, None);
            return self.refuse_token();
        };
        if !user.is_active {
            self.emit(EventKind::InactiveUserRefused, Some(&user.id));
            return self.refuse_token();
        }
        self.emit(EventKind::UserLoadedFromRequest, Some(&user.id));
        Ok(Some(Loaded {
            user,
            session: None,
            remembered: None,
        }))
    }

    /// Whatever else is answered, the answer is 401: see the cookie layer.
    fn refuse_token(&self) -> Result<Option<Loaded>, AuthError> {
        self.0.refused.store(true, Ordering::Release);
        Err(AuthError::InvalidToken)
    }
}
