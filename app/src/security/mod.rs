//! Core. This room protects every response of the site, whether its visitor is logged in or not.

/// Rejects ambiguous requests.
mod ambiguous;
/// Headers that the app chooses for a path.
pub mod app_headers;
/// Which bodies a path accepts.
pub mod bodies;
/// Rejects cross-site requests.
mod cross_site;
/// The security headers.
pub mod headers;
/// The layer around the whole site.
pub mod layer;
/// Gives a refusal the form that its client can read.
pub mod refusals;
