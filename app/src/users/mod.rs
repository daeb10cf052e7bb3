//! Yours. What a browser may know of a user. The core imports nothing from outside but this.

use serde::{Deserialize, Serialize};

/// Where a user is logged in.
#[cfg(feature = "ssr")]
mod active_sessions;
/// What was tried, and how often.
#[cfg(feature = "ssr")]
mod attempts;
/// Expired rows go away.
#[cfg(feature = "ssr")]
mod clean_up;
/// What a user may be called.
#[cfg(feature = "ssr")]
mod names;
/// The queries behind log ins: sessions, and who is remembered.
#[cfg(feature = "ssr")]
mod sessions;
/// Users and their passwords.
#[cfg(feature = "ssr")]
mod store;
/// Access tokens for scripts.
#[cfg(feature = "ssr")]
mod tokens;

#[cfg(feature = "ssr")]
pub use store::Users;

/// The site's own words: nobody's password is made of them (ASVS 6.1.2).
pub const SITE_WORDS: &[&str] = &["latchkey", "login", "password"];

/// A user, as that user's own pages may show it. It travels in their HTML: put nothing in here that must not.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct User {
    /// Random, never used twice.
    pub id: String,
    pub name: String,
    pub email: String,
    /// An inactive user is not let in, and is a guest from the next request on.
    pub is_active: bool,
    /// How often the password was changed or the user switched off, as far as the server knew when it read this user.
    /// Whoever was read before the last time logs nobody in.
    #[serde(skip)]
    pub password_version: i64,
}

/// A visitor who has not logged in: Flask-Login's anonymous user. Add what your app knows of them (a locale, a cart)
/// and say where it comes from with `Options::anonymous_user`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Guest {
    pub name: String,
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            name: "Guest".into(),
        }
    }
}

/// One device on which a user is logged in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ActiveSession {
    /// What it is ended by. It opens nothing.
    pub id: String,
    /// "Firefox on Linux"
    pub device: String,
    pub address: String,
    pub remembered: bool,
    /// The one that asks.
    pub current: bool,
    /// Unix seconds, as below.
    pub created_at: i64,
    /// Exact to some minutes.
    pub seen_at: i64,
}

/// An access token, without its secret.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessToken {
    pub id: String,
    pub name: String,
    /// Unix seconds, as all of these.
    pub created_at: i64,
    /// `None`: never. Exact to some minutes.
    pub last_used_at: Option<i64>,
    pub expires_at: i64,
}
