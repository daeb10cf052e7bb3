//! Core. This room asks the login manager for the current user, and rejects requests.

/// Who may open which path.
pub mod access;
/// The browser's guard: guards navigation, protects no data.
pub mod browser;
/// The page to return to after a login: always on this site.
pub mod next;

/// Extractors for axum handlers.
#[cfg(feature = "ssr")]
pub mod extract;
/// The server's guard for server functions.
#[cfg(feature = "ssr")]
pub mod function;
/// The server's guard for pages: answers before anything is rendered.
#[cfg(feature = "ssr")]
pub mod page;
/// The layer that gives each request its `AuthSession`.
#[cfg(feature = "ssr")]
pub mod session_layer;
