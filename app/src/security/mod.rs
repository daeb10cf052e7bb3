//! Core: leave alone. What every answer of the site needs, logged in or not.

/// Refuses what another site's page sends.
pub mod cross_site;
/// What browsers are told to allow.
pub mod headers;
/// Tells of what is refused.
pub mod refusals;
/// Refuses what may be read in two ways.
pub mod unclear;
