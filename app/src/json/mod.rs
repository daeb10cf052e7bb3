//! Core. JSON on both sides.

/// By the browser's own parser.
#[cfg(not(feature = "ssr"))]
mod browser;
/// Codes of the core's or of the app's.
pub mod code;
/// Values of serde out of those of a parser.
pub mod reader;
/// By `serde_json`.
#[cfg(feature = "ssr")]
mod server;

use serde::Serialize;

#[cfg(not(feature = "ssr"))]
pub use browser::from_json;
#[cfg(feature = "ssr")]
pub use server::from_json;

/// Empty, if `value` is no JSON, such as a map whose keys are not texts.
pub fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
