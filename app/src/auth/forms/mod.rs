//! Core. This room knows how a form is answered, and what is said to its visitor.

/// A message that survives one redirect, and the values that were typed.
pub mod flash;
/// What is shown where something could not be loaded.
mod load_error;
/// Errors, notices and labels as texts.
pub mod messages;
/// An error as the body of a response.
mod wire;

/// How a server function answers a form in all three worlds.
#[cfg(feature = "ssr")]
pub mod answer;
/// The layer around server functions.
#[cfg(feature = "ssr")]
pub mod function_layer;
/// What a browser keeps between requests.
#[cfg(feature = "ssr")]
pub mod kept;
/// Responses: errors and redirects.
#[cfg(feature = "ssr")]
pub mod response;

pub use load_error::{LoadError, PageStatus};
