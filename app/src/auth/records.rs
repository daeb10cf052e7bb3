//! Core. What the core tells of a user: who it is, their logins, their access tokens.

use serde::{Deserialize, Serialize};

use crate::users::{Guest, User};

/// The current user. An enum, so that the guest is not forgotten.
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
    /// What the user ends it by. It authenticates nothing.
    pub id: String,
    pub user_agent: String,
    pub address: String,
    pub remembered: bool,
    /// The session of the request that asks.
    pub current: bool,
    pub created_at: i64,
    /// Exact to some minutes.
    pub seen_at: i64,
}

/// An access token, without its secret. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessToken {
    pub id: String,
    pub name: String,
    pub created_at: i64,
    /// `None`: never. Exact to some minutes.
    pub last_used_at: Option<i64>,
    pub expires_at: i64,
}
