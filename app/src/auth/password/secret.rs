//! Core. A password on its way from the form to the server.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The one secret that is `Serialize`, because a form sends it to the server. Its `Debug` does not show it.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Password(String);

impl From<Password> for String {
    fn from(password: Password) -> Self {
        password.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(REDACTED)")
    }
}
