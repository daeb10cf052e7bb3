//! Core. A password on its way from the form to the server.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The one secret that is `Serialize`: it must reach the server. It goes nowhere else, and has no face.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Password(pub(super) String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(REDACTED)")
    }
}
