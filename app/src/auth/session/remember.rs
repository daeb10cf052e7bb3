//! Core. Remember me: a second cookie outlives the browser and begins a new session when there is none. That session is not
//! fresh, because anyone with access to the device has the cookie.
//!
//! The cookie names a token *family*, everything that came of one login on one device, and a *generation*. Each use replaces
//! generation n by n + 1; a replay of n later means that it was copied, and ends the family with its sessions (Barry Jaspan,
//! "Improved Persistent Login Cookie Best Practice"). Three rules keep false alarms away:
//! - Concurrent requests with n all get n + 1, and one session: its token is derived, not random.
//! - A lost response costs nothing: until n + 1 has been seen once, n remains valid.
//! - n remains valid for a minute even then, for requests in flight.

use std::time::Duration;

use hkdf::Hkdf;
use sha2::Sha256;

use super::signing::Opened;
use super::token::{Token, id_of};
use crate::auth::config::{REMEMBER_GRACE, seconds};

const TOKEN: usize = size_of::<Token>();

/// A remember cookie with a valid signature.
pub struct RememberCookie {
    /// The family's id in the database.
    pub id: String,
    pub token: Token,
    pub generation: i64,
    pub opened: Opened,
}

/// The row of a token family. Times are Unix seconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RememberRow {
    /// SHA-256 of the family's token, base64url.
    pub id: String,
    pub user_id: String,
    pub generation: i64,
    /// A request has presented this generation.
    pub confirmed: bool,
    pub rotated_at: i64,
    /// Seconds from the login, or from the last visit where `Options::remember_slides` is set.
    pub duration: i64,
    pub expires_at: i64,
}

/// How the generation of a cookie relates to the one in the database.
pub enum Generation {
    Current,
    /// Superseded by a concurrent request. `lost`: the response with the next generation never arrived.
    Superseded {
        lost: bool,
    },
    /// An old cookie is used again: it was copied.
    Replayed,
}

impl RememberRow {
    /// How long the visitor asked to be remembered.
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.duration.max(0).cast_unsigned())
    }

    pub fn judge(&self, generation: i64, now: i64) -> Generation {
        let superseded = generation + 1 == self.generation;
        let in_flight = now - self.rotated_at < seconds(REMEMBER_GRACE);
        if generation == self.generation {
            Generation::Current
        } else if superseded && (!self.confirmed || in_flight) {
            Generation::Superseded { lost: !in_flight }
        } else {
            Generation::Replayed
        }
    }
}

impl RememberCookie {
    pub fn read(opened: Opened) -> Option<Self> {
        let (token, generation) = opened.payload.split_at_checked(TOKEN)?;
        let token: Token = token.try_into().ok()?;
        Some(Self {
            id: id_of(token),
            token,
            generation: u32::from_be_bytes(generation.try_into().ok()?).into(),
            opened,
        })
    }

    /// The token of the session that this generation begins. Deriving it from a stolen cookie does not help an attacker: the
    /// session cookie needs a signature.
    pub fn session_token(&self, generation: i64) -> Token {
        let mut token = Token::default();
        Hkdf::<Sha256>::new(None, &self.token)
            .expand_multi_info(&[b"session", &generation.to_be_bytes()], &mut token)
            .expect("32 bytes are within HKDF's limit");
        token
    }
}

/// The payload of the cookie.
pub fn remember_payload(token: &Token, generation: i64) -> Vec<u8> {
    let generation = u32::try_from(generation).unwrap_or(u32::MAX);
    [token.as_slice(), &generation.to_be_bytes()].concat()
}
