//! Core. Values of the app's own that a browser keeps: the payload of their cookie.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Values of the app's own, by name.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Kept {
    pub browser: BTreeMap<String, String>,
    /// Valid for this login only.
    pub login_id: String,
    pub login: BTreeMap<String, String>,
}
