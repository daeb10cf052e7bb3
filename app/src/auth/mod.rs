//! Core: leave alone. Flask-Login's moving parts, one file each: first those of both sides, then those of the server.
//! Begin with `login_manager.rs` and `current_user.rs`.
//!
//! Kept true by `server/tests`:
//! 1. Nothing in here imports from `pages/`, `components/` or `database`; the one outside name is [`crate::users`].
//! 2. Only `login_manager.rs` puts a user id into a session; only `session.rs` writes a cookie.
//! 3. No type that holds a secret is `Serialize`, but for the password that a form sends and what a form gets back
//!    ([`Typed`]: a new access token, once); no `Debug` shows one.
//! 4. The server files (`feature = "ssr"`) know no Leptos, except `server_function.rs`, which is the bridge.

/// Every default, named, with its reason.
pub mod config;
/// Guest or user, resolved on first use.
mod current_user;
/// What a refused visitor is told: a code with a fixed text.
mod error;
/// What could not be loaded, and once more.
mod failure;
/// One message that survives one redirect.
mod flash;
/// The browser's second door: the password, given lately.
mod fresh_login;
/// The browser's door: guards navigation, protects no data.
mod login_required;
/// Log out, by POST only.
mod logout;
/// Everything that is said to people.
pub mod messages;
/// The way back after a log in: this site or nothing.
pub mod next;
/// Which passwords may be chosen.
pub mod password_rules;
/// A password on its way to the server.
mod secret;

/// How scripts authenticate: `Authorization: Bearer`.
#[cfg(feature = "ssr")]
mod access_token;
/// One hash, in memory that is used again.
#[cfg(feature = "ssr")]
mod argon2id;
/// The address and the browser of a request.
#[cfg(feature = "ssr")]
mod client;
/// What our cookies are called, and what browsers are told about them.
#[cfg(feature = "ssr")]
mod cookies;
/// What a request says of its sender.
#[cfg(feature = "ssr")]
mod credentials;
/// What happens to log ins, for the log and for whoever wants to hear.
#[cfg(feature = "ssr")]
mod events;
/// The server's door for pages: answers before anything is rendered.
#[cfg(feature = "ssr")]
pub mod guard;
/// Where hashes are made, so many at a time.
#[cfg(feature = "ssr")]
mod hash_queue;
/// Answer who is there, once a request.
#[cfg(feature = "ssr")]
mod load_user;
/// How to log in, and one that is being begun.
#[cfg(feature = "ssr")]
mod log_in;
/// Start, confirm and end log ins.
#[cfg(feature = "ssr")]
mod login_manager;
/// What an app may choose.
#[cfg(feature = "ssr")]
mod options;
/// Hash and verify.
#[cfg(feature = "ssr")]
mod password;
/// The cookie that outlives the browser.
#[cfg(feature = "ssr")]
mod remember;
/// The server's door for server functions, and how they answer.
#[cfg(feature = "ssr")]
pub mod server_function;
/// The cookie layer.
#[cfg(feature = "ssr")]
mod session;
/// Places for many, and no client takes them all.
#[cfg(feature = "ssr")]
mod shares;
/// Values under a signature that only this server can make.
#[cfg(feature = "ssr")]
mod signing;
/// Guessing is slow.
#[cfg(feature = "ssr")]
mod throttle;
/// Random tokens.
#[cfg(feature = "ssr")]
mod token;
/// What the core asks of your storage.
#[cfg(feature = "ssr")]
mod user_loader;

pub use current_user::{CurrentUser, CurrentUserResource, provide_current_user, use_current_user};
pub use error::AuthError;
pub use failure::Failure;
pub use flash::{Flash, Notice, Typed, provide_flash, use_flash, use_leave_flash};
pub use fresh_login::FreshLoginRequired;
pub use login_required::{GuestsOnly, LoginRequired, action_for_user, resource_for_user};
pub use logout::{Logout, LogoutButton};
pub use secret::Password;

#[cfg(feature = "ssr")]
pub use access_token::new_access_token;
#[cfg(feature = "ssr")]
pub use client::{Client, network};
#[cfg(feature = "ssr")]
pub use events::{Event, EventKind};
#[cfg(feature = "ssr")]
pub use log_in::{LogIn, Remember};
#[cfg(feature = "ssr")]
pub use login_manager::LoginManager;
#[cfg(feature = "ssr")]
pub use options::{Clock, CookieOptions, Handler, Listener, Options, Protection};
#[cfg(feature = "ssr")]
pub use password::{Cost, Passwords};
#[cfg(feature = "ssr")]
pub use remember::RememberRow;
#[cfg(feature = "ssr")]
pub use session::{Session, read_and_write_cookies};
#[cfg(feature = "ssr")]
pub use shares::{Place, Shares};
#[cfg(feature = "ssr")]
pub use signing::{BadSecret, Purpose, SigningKeys};
#[cfg(feature = "ssr")]
pub use throttle::{Allowed, Attempt, Attempts, Verdict, account_key};
#[cfg(feature = "ssr")]
pub use user_loader::{Loaded, SessionRow, UserLoader};
