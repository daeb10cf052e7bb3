//! The promises of the site, tested over HTTP against the real router.
//!
//! Start reading at `auth/twelve_steps.rs`. `README.md` says where a new test goes.

mod support;

mod app;
mod auth;
mod http;
mod mail;
mod reliability;
mod structure;
