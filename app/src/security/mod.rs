//! Core: leave alone. What every answer of the site needs, logged in or not.

/// Refuses what another site's page sends.
pub mod cross_site;
/// What browsers are told to allow.
pub mod headers;
/// Refuses what is for no host, or for two.
pub mod host;
/// Tells of what is refused.
pub mod refusals;
