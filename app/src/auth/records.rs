//! Core. What the app gets to know about a user: the current user, their logins, their access tokens, and how they sign up.

use serde::{Deserialize, Serialize};
use strum::EnumString;

use crate::users::{Guest, User};

/// The current user. An enum, so that the compiler demands code for the guest.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrentUser {
    /// Not logged in.
    Guest(Guest),
    User(User),
}

/// One device on which a user is logged in. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ActiveSession {
    /// Names the login that the user wants to end. It cannot be used to log in.
    pub id: String,
    pub user_agent: String,
    pub address: String,
    pub remembered: bool,
    /// True for the session of the request itself.
    pub current: bool,
    pub created_at: i64,
    /// Accurate to a few minutes.
    pub seen_at: i64,
}

/// An access token, without its secret. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessToken {
    pub id: String,
    pub name: String,
    pub created_at: i64,
    /// `None`: never. Accurate to a few minutes.
    pub last_used_at: Option<i64>,
    pub expires_at: i64,
}

/// Who may sign up, and how.
#[derive(Clone, Copy, Debug, Default, Deserialize, EnumString, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignUpMode {
    /// Everyone, at once. The address is not proven.
    #[default]
    Open,
    /// Everyone, by a link in a mail to their address.
    Confirmed,
    /// Those to whom the operator has sent a link.
    Invited,
    /// No one, and links that were sent before do not work.
    Closed,
}

/// What has happened to an account.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HistoryEntry {
    /// The name of a letter (`auth/letters/`).
    pub kind: String,
    /// Unix seconds.
    pub at: i64,
    pub user_agent: String,
    pub address: String,
}
