//! Core. What our cookies are called, what browsers are told about them, and how they are read back.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use super::options::CookieOptions;
use super::signing::Purpose;

/// All that may stand around a name and a value (RFC 6265, 5.2).
const BLANK: [char; 2] = [' ', '\t'];

/// The names and attributes of the cookies, decided once.
pub struct Cookies {
    options: CookieOptions,
    session: String,
    remember: String,
    flash: String,
    device: String,
}

impl Cookies {
    pub fn new(options: CookieOptions) -> Self {
        // The `__Host-` prefix binds a cookie to this very host (RFC 6265bis, 4.1.3.2); browsers grant the prefixes
        // over https only, and this one only to the whole of one host.
        let prefix = match &options {
            CookieOptions { secure: false, .. } => "",
            CookieOptions {
                domain: None,
                path: "/",
                ..
            } => "__Host-",
            _ => "__Secure-",
        };
        Self {
            session: format!("{prefix}{}", options.session),
            remember: format!("{prefix}{}", options.remember),
            flash: format!("{prefix}flash"),
            device: format!("{prefix}device"),
            options,
        }
    }

    pub fn name(&self, purpose: Purpose) -> &str {
        match purpose {
            Purpose::Session => &self.session,
            Purpose::Remember => &self.remember,
            Purpose::Flash => &self.flash,
            Purpose::Device => &self.device,
        }
    }

    /// `max_age` of `None` ends with the browser. A removal carries the same attributes: a browser ignores it otherwise.
    pub fn header(
        &self,
        purpose: Purpose,
        value: String,
        max_age: Option<Duration>,
    ) -> HeaderValue {
        let mut cookie = Cookie::build((self.name(purpose), value))
            .path(self.options.path)
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.options.secure)
            .build();
        if let Some(domain) = self.options.domain {
            cookie.set_domain(domain);
        }
        cookie.set_max_age(max_age.and_then(|age| cookie::time::Duration::try_from(age).ok()));
        HeaderValue::try_from(cookie.to_string()).expect("base64url is printable ASCII")
    }

    /// The cookie's value, if there is one and no other.
    pub fn one(&self, purpose: Purpose, headers: &HeaderMap) -> Option<String> {
        let mut values = self.read(purpose, headers);
        values.pop().filter(|_| values.is_empty())
    }

    /// The values of the cookie, over all `Cookie` lines, each once. Several mean nobody: which one a browser sends first
    /// is something a neighbouring site can arrange. Read here and not by the `cookie` crate, which takes away what is
    /// white space to Unicode: to a browser that belongs to the name, and a name that does not begin with `__Host-` any
    /// site of the domain may set.
    pub fn read(&self, purpose: Purpose, headers: &HeaderMap) -> Vec<String> {
        let lines = headers.get_all(header::COOKIE).into_iter();
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        let values: BTreeSet<&str> = lines
            .iter()
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.trim_matches(BLANK), value.trim_matches(BLANK)))
            .filter(|(name, _)| *name == self.name(purpose))
            .map(|(_, value)| value)
            .collect();
        values.into_iter().map(str::to_owned).collect()
    }
}
