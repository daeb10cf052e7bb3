//! Core. Flask-Login's moving parts. Read `login_manager.rs` and `current_user.rs` first.
//!
//! A request passes downwards: `guards/` and the pages ask the [`AuthSession`], which asks `throttle/`, `store/`, `password/`
//! and `session/`; none of these calls back. Each room states its rule in its first line. Kept true by the tests:
//! 1. No import circle. Of the app only [`crate::users`] and [`crate::error`] are imported.
//! 2. Only `login_user.rs` puts a user's id into a session; only `session/mod.rs` writes a cookie.
//! 3. No type that holds a secret is `Serialize`, except the password that a form sends and the values that a form gets back
//!    ([`FormValues`]: a new access token, once); no `Debug` shows one.

/// Numbers and paths, each with its reason.
pub mod config;
/// Guest or user, resolved on first use.
mod current_user;
/// The core's own server functions: confirm, log out.
mod endpoints;
/// Error codes and notices.
mod error;
/// Forms: responses, flash messages, texts.
pub mod forms;
/// Access control for pages, server functions and handlers.
pub mod guards;
/// How a page gets what it shows.
pub mod loading;
/// Passwords: rules, hashes.
pub mod password;
/// What the app gets to know about a user.
mod records;

/// Account management, for the user and for the operator.
#[cfg(feature = "ssr")]
mod account;
/// Passwords at a login, a confirmation, a sign-up and a change.
#[cfg(feature = "ssr")]
mod authenticate;
/// Security events.
#[cfg(feature = "ssr")]
mod events;
/// What the login tells people by mail.
#[cfg(feature = "ssr")]
pub mod letters;
/// One-time links.
#[cfg(feature = "ssr")]
mod links;
/// Loads the user of a request.
#[cfg(feature = "ssr")]
mod load_user;
/// The login manager, and the handle of a request.
#[cfg(feature = "ssr")]
mod login_manager;
/// Begin, confirm and end logins.
#[cfg(feature = "ssr")]
mod login_user;
/// What an app may choose.
#[cfg(feature = "ssr")]
mod options;
/// The remember cookie, which begins a new session.
#[cfg(feature = "ssr")]
mod remember_me;
/// Cookies, keys, tokens.
#[cfg(feature = "ssr")]
mod session;
/// The tables.
#[cfg(feature = "ssr")]
mod store;
/// Rate limits.
#[cfg(feature = "ssr")]
mod throttle;

pub use current_user::{CurrentUserResource, use_current_user};
pub use endpoints::{Confirm, LoginFresh, Logout, confirm, login_fresh, logout};
pub use error::{AuthError, AuthNotice};
pub use forms::flash::{Flash, FormValues};
pub use forms::form::{Form, use_form, use_separate_form};
pub use forms::post_form::PostForm;
pub use forms::unconfirmed::use_unconfirmed;
pub use forms::{check_fields, use_form_message};
pub use guards::access::{Access, AccessTable, access};
pub use guards::browser::{AuthContext, guarded, use_login_views};
pub use guards::next::LoginViews;
pub use loading::{LoadError, Loaded, load, still};
pub use password::Password;
pub use records::{AccessToken, ActiveSession, CurrentUser, HistoryEntry, SignUpMode};

#[cfg(feature = "ssr")]
pub use authenticate::SignUp;
#[cfg(feature = "ssr")]
pub use events::{Event, EventKind};
#[cfg(feature = "ssr")]
pub use forms::answer::{answer, login_page};
#[cfg(feature = "ssr")]
pub use forms::upload::{UploadedFile, uploaded_file};
#[cfg(feature = "ssr")]
pub use guards::extract::FreshUser;
#[cfg(feature = "ssr")]
pub use guards::function::{auth, database, fresh_login_required, login_required, user_with};
#[cfg(feature = "ssr")]
pub use links::LinkKind;
#[cfg(feature = "ssr")]
pub use login_manager::{AuthSession, LoginManager};
#[cfg(feature = "ssr")]
pub use options::{
    Clock, Handler, Listener, LoginOptions, Options, Protection, RejectedRequest, Remember,
};
#[cfg(feature = "ssr")]
pub use password::{Client, Cost, FairSemaphore, Passwords, Permit, network};
#[cfg(feature = "ssr")]
pub use session::{
    BadSecret, CookieOptions, Purpose, RememberRow, SealingKeys, SigningKeys, random_id,
};
#[cfg(feature = "ssr")]
pub use store::{
    Account, Authenticated, Change, Consequences, Links, Logins, Recipient, SessionRow, Store,
    Tokens, is_id, multiline_text, visible_text,
};
#[cfg(feature = "ssr")]
pub use throttle::Turns;
