//! The promises of the log in, at the HTTP border, on the real router.
//!
//! Start reading at `twelve_steps.rs`. `site.rs`, `visitor.rs` and `program.rs` are the helpers: one verb an act.

mod load;
mod log;
mod nginx;
mod program;
mod site;
mod visitor;
mod wire;

mod active_sessions;
mod asvs;
mod backup;
mod bad_input;
mod clean_up;
mod cluster;
mod commands;
mod connections;
mod cross_site;
mod current_user;
mod faults;
mod flask_login;
mod fresh_login;
mod headers;
mod health;
mod kills;
mod log_lines;
mod login;
mod login_manager;
mod login_required;
mod login_url;
mod logout;
mod next;
mod outage;
mod password;
mod password_rules;
mod process;
mod protection;
mod remember;
mod request_loader;
mod secrets;
mod session_cookie;
mod settings;
mod signup;
mod slow_clients;
mod static_files;
mod stop;
mod storm;
mod structure;
mod throttle;
mod twelve_steps;
mod unauthorized;
