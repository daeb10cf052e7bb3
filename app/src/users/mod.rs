//! Yours. What a browser may know of a user. The core imports nothing from outside but this.

use serde::{Deserialize, Serialize};

/// Rows, queries, and what the core asks for.
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use store::Users;

/// A user, as that user's own pages may show it. It travels in their HTML: put nothing in here that must not.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct User {
    /// Random, never used twice.
    pub id: String,
    pub name: String,
    pub email: String,
}
