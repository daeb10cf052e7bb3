//! What only the maintainers of the core check: documents, the catalogue of behaviours, the table of controls, the style guide,
//! the tutorial.
//! Delete this folder and its three targets in `server/Cargo.toml` if you do not maintain the core itself.

mod asvs;
mod catalogue;
mod controls;
mod languages;
mod style_guide;
mod tutorial;

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the other target uses the rest")]
mod support;
