//! Core. What an app may choose: Flask-Login's attributes and configuration keys, each with its default.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::config::{ADDRESS_MAX, DELETION_DAYS, FRESH, REMEMBER};
use super::events::Event;
use super::forms::messages::{Texts, from_files};
use super::guards::next::LoginViews;
use super::letters::Post;
use super::records::SignUpMode;
use super::session::CookieOptions;
use crate::users::Guest;

/// Unix seconds. Injected, so that tests move it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Answers a rejected request in the app's own way.
pub type Handler = Arc<dyn Fn(&RejectedRequest) -> Response + Send + Sync>;

/// A request that the guard rejected.
pub struct RejectedRequest {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
}

impl From<&Request> for RejectedRequest {
    fn from(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        }
    }
}

/// A function that is called with every event.
pub type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// How a session is bound to the browser it began in. The threat is a copied cookie: HttpOnly, `__Host-` and a new token at
/// every login make copying hard; this makes a copy worth less. Only the user agent is compared, without its version numbers:
/// browsers update themselves, and mobile addresses change all the time (OWASP, session management: "binding the session to
/// other user properties" warns of both).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Protection {
    /// The session works in any browser.
    Off,
    /// In another browser the session is no longer fresh: sensitive actions ask for the password.
    #[default]
    Basic,
    /// In another browser the session ends. A remember cookie in the same request begins a new one, not fresh.
    Strong,
}

/// How to log in: the arguments of Flask-Login's `login_user`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LoginOptions {
    pub remember: Remember,
    /// The password was given just now. Otherwise the session begins as one that is not fresh.
    pub fresh: bool,
    /// Logs in an inactive user, too, for this session only. For administrators: in this session the user may do everything,
    /// whatever the reason for the deactivation.
    pub force: bool,
    /// Tells the user by mail, if the browser is new to the account. Not for the login that ends a sign-up.
    pub tell: bool,
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            remember: Remember::No,
            fresh: true,
            force: false,
            tell: true,
        }
    }
}

/// Whether a login survives when the browser is closed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Remember {
    #[default]
    No,
    /// For `Options::remember`.
    Default,
    For(Duration),
}

impl From<Remember> for LoginOptions {
    fn from(remember: Remember) -> Self {
        Self {
            remember,
            ..Self::default()
        }
    }
}

impl Remember {
    /// Of a checkbox: `on`, `true` or `1`. Any other value is no.
    pub fn from_field(value: &str) -> Self {
        match value {
            "on" | "true" | "1" => Self::Default,
            _ => Self::No,
        }
    }
}

/// Everything with a default. `Options { protection: Protection::Strong, ..Options::default() }`.
#[derive(Clone)]
pub struct Options {
    pub cookies: CookieOptions,
    /// How long a visitor who asks for it is remembered, unless the login says otherwise.
    pub remember: Duration,
    /// Every visit restarts that time: a visitor who returns often enough stays logged in until the logout.
    pub remember_slides: bool,
    pub fresh: Duration,
    pub protection: Protection,
    pub login_views: LoginViews,
    /// From one address: logins, sign-ups and forms that send mail or use a link, together; for one user: confirmations of the password.
    pub attempts_per_minute: i64,
    /// How many trusted proxies a request passes, each appending its peer to `X-Forwarded-For`.
    pub proxies: usize,
    /// The site's origin, `https://example.com`: where requests may come from, and where login pages on another host lead back
    /// to. Without it only browsers that send `Sec-Fetch-Site` can send forms.
    pub site: Option<String>,
    pub unauthorized: Option<Handler>,
    pub needs_refresh: Option<Handler>,
    pub texts: Texts,
    /// Who may sign up, and how.
    pub sign_up: SignUpMode,
    /// For so many days, 3 to 30, an account that its user deletes is closed, and can be kept by a link in a mail. 0, and without mail:
    /// it is deleted at once.
    pub deletion_days: u32,
    /// Takes the mails of the login. Without it nothing is offered that needs mail.
    pub post: Option<Arc<dyn Post>>,
    /// Creates the guest from the request's headers (a locale, a cart). Called for guests only.
    pub anonymous_user: fn(&HeaderMap) -> Guest,
    pub listeners: Vec<Listener>,
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cookies: CookieOptions::default(),
            remember: REMEMBER,
            remember_slides: false,
            fresh: FRESH,
            protection: Protection::default(),
            login_views: LoginViews::default(),
            attempts_per_minute: ADDRESS_MAX.into(),
            proxies: 0,
            site: None,
            unauthorized: None,
            needs_refresh: None,
            texts: from_files,
            sign_up: SignUpMode::default(),
            deletion_days: DELETION_DAYS,
            post: None,
            anonymous_user: |_| Guest::default(),
            listeners: Vec::new(),
            clock: system_clock(),
        }
    }
}

/// The system's time.
fn system_clock() -> Clock {
    Arc::new(|| {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        since_1970.as_secs().cast_signed()
    })
}
