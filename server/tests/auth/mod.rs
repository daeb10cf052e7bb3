//! The login: who gets in, who stays in, who is logged out, and what a page or function knows of it.

mod active_sessions;
mod clean_up;
mod current_user;
mod forged_cookies;
mod fresh_login;
mod identifiers;
pub mod login;
mod login_manager;
mod login_required;
mod login_url;
mod logout;
mod next;
mod password;
mod password_rules;
mod protection;
mod races;
mod remember;
mod request_loader;
mod secrets;
mod session_cookie;
mod signup;
mod throttle;
mod twelve_steps;
mod unauthorized;
