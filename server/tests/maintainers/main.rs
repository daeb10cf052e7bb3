//! What only the maintainers of the core check: documents, the catalogue of behaviours, the table of controls.
//! Delete this folder and its two targets in `server/Cargo.toml` if you do not maintain the core itself.

mod asvs;
mod catalogue;
mod controls;

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the other target uses the rest")]
mod support;
