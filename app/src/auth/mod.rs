//! Core: leave alone. Flask-Login's moving parts, one file each, in reading order.
//!
//! Kept true by `server/tests`:
//! 1. Nothing in here imports from `pages/`, `components/` or `database`; the one outside name is [`crate::users`].
//! 2. Only `login_manager.rs` puts a user id into a session; only `session.rs` writes a cookie.
//! 3. No type that holds a secret is `Serialize`, but for the password that a form sends; no `Debug` shows one.
//! 4. The server files (`[ssr]`) know no Leptos, except `server_function.rs`, which is the bridge.

/// Every default, named, with its reason.
pub mod config;
/// Guest or user, resolved on first use.
mod current_user;
/// What a refused visitor is told: a code with a fixed text.
mod error;
/// One message that survives one redirect.
mod flash;
/// The browser's door: guards navigation, protects no data.
mod login_required;
/// Log out, by POST only.
mod logout;
/// The way back after a log in: this site or nothing.
pub mod next;
/// A password on its way to the server.
mod secret;

/// What our cookies are called, and what browsers are told about them.
#[cfg(feature = "ssr")]
mod cookies;
/// The server's door for pages: answers before anything is rendered.
#[cfg(feature = "ssr")]
pub mod guard;
/// Start and end log ins; answer who is there, once a request.
#[cfg(feature = "ssr")]
mod login_manager;
/// Hash and verify, bounded.
#[cfg(feature = "ssr")]
mod password;
/// The server's door for server functions, and how they answer.
#[cfg(feature = "ssr")]
pub mod server_function;
/// The cookie layer.
#[cfg(feature = "ssr")]
mod session;
/// Values under a signature that only this server can make.
#[cfg(feature = "ssr")]
mod signing;
/// What the core asks of your storage.
#[cfg(feature = "ssr")]
mod user_loader;

pub use current_user::{CurrentUser, CurrentUserResource, provide_current_user, use_current_user};
pub use error::AuthError;
pub use flash::{Flash, Notice, provide_flash, use_flash, use_leave_flash};
pub use login_required::{GuestsOnly, LoginRequired, resource_for_user};
pub use logout::{Logout, LogoutButton};
pub use secret::Password;

#[cfg(feature = "ssr")]
pub use login_manager::{Clock, LoginManager, system_clock};
#[cfg(feature = "ssr")]
pub use password::{Cost, Passwords};
#[cfg(feature = "ssr")]
pub use session::{Session, read_and_write_cookies};
#[cfg(feature = "ssr")]
pub use signing::{BadSecret, SigningKeys};
#[cfg(feature = "ssr")]
pub use user_loader::{Loaded, SessionRow, UserLoader};
