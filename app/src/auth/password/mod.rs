//! Core. This room knows argon2; no HTTP, no SQL.

/// One argon2id hash.
#[cfg(feature = "ssr")]
mod argon2id;
/// A semaphore with a limit for each client.
#[cfg(feature = "ssr")]
mod fair_semaphore;
/// The bounded queue in which hashes are computed.
#[cfg(feature = "ssr")]
mod hash_queue;
/// Hashes and verifies passwords.
#[cfg(feature = "ssr")]
mod hashing;
/// Which passwords may be chosen.
#[cfg(feature = "ssr")]
pub mod rules;
/// A password on its way from the form to the server.
mod secret;

pub use secret::Password;

#[cfg(feature = "ssr")]
pub use fair_semaphore::{Client, FairSemaphore, Permit, network};
#[cfg(feature = "ssr")]
pub use hashing::{Cost, Passwords};
