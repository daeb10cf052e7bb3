//! Yours. Who a user is, and who a guest is.

use serde::{Deserialize, Serialize};

/// How a user is stored.
#[cfg(feature = "ssr")]
pub mod row;
/// A user to try the site with.
#[cfg(feature = "ssr")]
pub mod seed;

/// The site's own words: a password made of them is refused (ASVS 6.1.2).
pub const SITE_WORDS: &[&str] = &["latchkey", "login", "password"];

/// A user, as that user's own pages may show it. It travels in their HTML: put nothing secret in here. The core needs the
/// first three fields; the others are yours.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct User {
    /// Random, never reused.
    pub id: String,
    pub email: String,
    /// An inactive user cannot log in, and is a guest from the next request on.
    pub is_active: bool,
    pub name: String,
}

impl User {
    /// The user's own words: a password made of them and the e-mail address is refused.
    pub fn words(&self) -> Vec<&str> {
        vec![&self.name]
    }
}

/// A visitor who has not logged in: Flask-Login's anonymous user. Add what your app knows of them (a locale, a cart) and say
/// where it comes from with `Options::anonymous_user`.
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
