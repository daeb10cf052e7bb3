//! What maintainers keep: the documents and the catalogues are about this very code. See `../README.md`.

mod asvs;
mod catalogue;

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the other target uses the rest")]
mod support;
