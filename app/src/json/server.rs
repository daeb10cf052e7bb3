//! Core. Reads JSON by `serde_json`.

use serde::de::DeserializeOwned;

/// `None`: `text` is not JSON of a `T`.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
