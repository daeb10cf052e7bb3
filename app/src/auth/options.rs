//! Core. What an app may choose: Flask-Login's attributes and configuration keys, each with its default.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use axum::response::Response;

use super::Event;
use super::config::{ADDRESS_MAX, FRESH, REMEMBER};
use super::guard::Refused;
use super::messages::{Texts, english};
use super::next::LoginViews;
use crate::users::Guest;

/// Unix seconds. Injected, so that tests move it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Answers a refused request in the app's own way.
pub type Handler = Arc<dyn Fn(&Refused) -> Response + Send + Sync>;

/// Hears of every event.
pub type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// How a session is bound to the browser it began in. The threat is a copied cookie: HttpOnly, `__Host-` and new
/// tokens at every log in make copying hard; this makes a copy worth less. Only the user agent counts, without its
/// version numbers: browsers update themselves, and a phone changes its address with every cell (OWASP, session
/// management: "binding the session to other user properties" warns of both).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Protection {
    /// The session is taken from wherever it comes.
    Off,
    /// From another browser the session is not fresh any more: nothing that matters without the password.
    #[default]
    Basic,
    /// From another browser the session ends. A remember cookie that came along begins a new one, not fresh.
    Strong,
}

/// How the cookies are called and where they are sent.
#[derive(Clone, Debug)]
pub struct CookieOptions {
    /// The site's address is https.
    pub secure: bool,
    pub session: &'static str,
    pub remember: &'static str,
    /// `None` is this host alone. With a domain, or another path than `/`, browsers refuse the `__Host-` prefix, and
    /// `__Secure-` takes its place.
    pub domain: Option<&'static str>,
    pub path: &'static str,
}

/// Everything with a default. `Options { protection: Protection::Strong, ..Options::default() }`.
#[derive(Clone)]
pub struct Options {
    pub cookies: CookieOptions,
    /// How long a visitor is remembered who asks for it. A log in may say otherwise.
    pub remember: Duration,
    /// Every visit begins that time anew. Then nothing but a log out ends it for somebody who keeps coming.
    pub remember_slides: bool,
    pub fresh: Duration,
    pub protection: Protection,
    pub login_views: LoginViews,
    /// From one address: log ins and sign-ups together.
    pub attempts_per_minute: i64,
    /// How many proxies of ours a request passes, each adding to `X-Forwarded-For` whom it came from.
    pub proxies: usize,
    /// The site's origin, `https://example.com`: what requests may come from, and what log-in pages on another host
    /// lead back to. Without it only browsers that send `Sec-Fetch-Site` are believed.
    pub site: Option<String>,
    pub unauthorized: Option<Handler>,
    pub needs_refresh: Option<Handler>,
    pub texts: Texts,
    /// Who a guest is: a locale, a cart, whatever the request tells. Asked of guests only.
    pub anonymous_user: fn(&HeaderMap) -> Guest,
    pub listeners: Vec<Listener>,
    pub clock: Clock,
}

impl Default for CookieOptions {
    fn default() -> Self {
        Self {
            secure: true,
            session: "session",
            remember: "remember",
            domain: None,
            path: "/",
        }
    }
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
            texts: english,
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
