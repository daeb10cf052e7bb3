//! The promises of the log in, at the HTTP border, on the real router.
//!
//! Start reading at `twelve_steps.rs`. `site.rs` and `visitor.rs` are the helpers: one verb an act.

mod log;
mod site;
mod visitor;

mod bad_input;
mod current_user;
mod login;
mod login_required;
mod logout;
mod next;
mod password;
mod secrets;
mod session_cookie;
mod settings;
mod signup;
mod static_files;
mod structure;
mod twelve_steps;
