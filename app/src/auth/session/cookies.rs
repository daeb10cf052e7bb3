//! Core. The cookies: their names and attributes, sealing them, and reading them back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use super::signing::{Opened, PURPOSES, Purpose, SigningKeys};
use crate::auth::config::{
    CLOCK_SKEW, DEVICE_COOKIE, FLASH_COOKIE, KEPT_COOKIE, REMEMBER_COOKIE, SESSION_COOKIE, seconds,
};

/// The white space that may stand around a name and a value (RFC 6265, 5.2).
const WHITE_SPACE: [char; 2] = [' ', '\t'];

/// Names of the cookies and where browsers send them.
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

impl Default for CookieOptions {
    fn default() -> Self {
        Self {
            secure: true,
            session: SESSION_COOKIE,
            remember: REMEMBER_COOKIE,
            domain: None,
            path: "/",
        }
    }
}

/// Names, attributes and keys, decided once. Cheap to clone.
#[derive(Clone)]
pub struct Cookies(Arc<Parts>);

struct Parts {
    options: CookieOptions,
    keys: SigningKeys,
    /// By purpose.
    names: [String; PURPOSES],
}

/// The values of each cookie of a request, by purpose, each value once. More than one is ambiguous: which one a browser sends
/// first can be arranged by a neighbouring site (cookie tossing).
#[derive(Default)]
pub struct ReceivedCookies([BTreeSet<String>; PURPOSES]);

impl Cookies {
    pub fn new(options: CookieOptions, keys: SigningKeys) -> Self {
        // The `__Host-` prefix binds a cookie to this host (RFC 6265bis, 4.1.3.2). Browsers accept the prefixes over https
        // only, and this one only without a domain and for the path `/`.
        let prefix = match &options {
            CookieOptions { secure: false, .. } => "",
            CookieOptions {
                domain: None,
                path: "/",
                ..
            } => "__Host-",
            _ => "__Secure-",
        };
        let mut names = <[String; PURPOSES]>::default();
        for (purpose, name) in [
            (Purpose::Session, options.session),
            (Purpose::Remember, options.remember),
            (Purpose::Flash, FLASH_COOKIE),
            (Purpose::Device, DEVICE_COOKIE),
            (Purpose::Kept, KEPT_COOKIE),
        ] {
            names[purpose as usize] = format!("{prefix}{name}");
        }
        Self(Arc::new(Parts {
            options,
            keys,
            names,
        }))
    }

    pub fn name(&self, purpose: Purpose) -> &str {
        &self.0.names[purpose as usize]
    }

    /// A `Set-Cookie` value. Without `max_age` the cookie ends with the browser.
    pub fn seal(
        &self,
        purpose: Purpose,
        payload: &[u8],
        issued_at: i64,
        max_age: Option<Duration>,
    ) -> HeaderValue {
        let sealed = self.0.keys.seal(purpose, payload, issued_at);
        self.header(purpose, sealed, max_age)
    }

    /// A `Set-Cookie` value that removes the cookie.
    pub fn removal(&self, purpose: Purpose) -> HeaderValue {
        self.header(purpose, String::new(), Some(Duration::ZERO))
    }

    /// A removal needs the same attributes: browsers ignore it otherwise.
    fn header(&self, purpose: Purpose, value: String, max_age: Option<Duration>) -> HeaderValue {
        let options = &self.0.options;
        let mut cookie = Cookie::build((self.name(purpose), value))
            .path(options.path)
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(options.secure)
            .build();
        if let Some(domain) = options.domain {
            cookie.set_domain(domain);
        }
        cookie.set_max_age(max_age.and_then(|age| cookie::time::Duration::try_from(age).ok()));
        HeaderValue::try_from(cookie.to_string()).expect("base64url is printable ASCII")
    }

    /// Parses all `Cookie` lines, once for a request. Not by the `cookie` crate, which trims Unicode white space from names: to
    /// a browser that is part of the name, and any site of the domain may set a name that does not begin with `__Host-`.
    pub fn parse(&self, headers: &HeaderMap) -> ReceivedCookies {
        let mut received = ReceivedCookies::default();
        for line in headers.get_all(header::COOKIE) {
            let line = String::from_utf8_lossy(line.as_bytes());
            for (name, value) in line.split(';').filter_map(|pair| pair.split_once('=')) {
                let name = name.trim_matches(WHITE_SPACE);
                if let Some(purpose) = self.0.names.iter().position(|own| own == name) {
                    let value = value.trim_matches(WHITE_SPACE);
                    received.0[purpose].insert(value.to_owned());
                }
            }
        }
        received
    }

    /// The cookie for `purpose`, if there is exactly one, its signature is valid and it is younger than `longest`.
    pub fn open(
        &self,
        purpose: Purpose,
        received: &ReceivedCookies,
        longest: Duration,
        now: i64,
    ) -> Option<Opened> {
        let values = received.values(purpose);
        let sealed = values.first().filter(|_| values.len() == 1)?;
        let opened = self.verify(purpose, sealed)?;
        is_current(&opened, now, longest).then_some(opened)
    }

    /// Checks the signature alone.
    pub fn verify(&self, purpose: Purpose, sealed: &str) -> Option<Opened> {
        self.0.keys.open(purpose, sealed)
    }
}

impl ReceivedCookies {
    pub const fn values(&self, purpose: Purpose) -> &BTreeSet<String> {
        &self.0[purpose as usize]
    }
}

/// Not older than `longest`, and not issued further in the future than clocks differ.
pub(super) fn is_current(opened: &Opened, now: i64, longest: Duration) -> bool {
    let age = now.saturating_sub(opened.issued_at);
    age < seconds(longest) && age >= -seconds(CLOCK_SKEW)
}
