//! The promises of the site, at the HTTP border, on the real router.
//!
//! Start reading at `auth/twelve_steps.rs`. `README.md` says where a new test goes.

mod support;

mod app;
mod auth;
mod http;
mod reliability;
mod structure;
