//! Core. What our cookies are called, what browsers are told about them, and how they are read back.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

/// The names and attributes of the cookies, decided once by the site's address.
#[derive(Clone, Copy)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The `__Host-` prefix binds a cookie to this very host (RFC 6265bis, 4.1.3.2); browsers grant it over https only.
    pub const fn session(self) -> &'static str {
        if self.secure {
            "__Host-session"
        } else {
            "session"
        }
    }

    pub const fn flash(self) -> &'static str {
        if self.secure { "__Host-flash" } else { "flash" }
    }

    /// `max_age` of `None` ends with the browser. A removal carries the same attributes: a browser ignores it otherwise.
    pub fn header(
        self,
        name: &'static str,
        value: String,
        max_age: Option<Duration>,
    ) -> HeaderValue {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .build();
        cookie.set_max_age(max_age.and_then(|age| cookie::time::Duration::try_from(age).ok()));
        HeaderValue::try_from(cookie.to_string()).expect("base64url is printable ASCII")
    }
}

/// The cookie `name`, over all `Cookie` lines. Two different values of one name are no value: which one a
/// browser sends first is something a neighbouring site can arrange.
pub fn read_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let mut values = lines
        .iter()
        .flat_map(|line| Cookie::split_parse(line.as_ref()))
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned());
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
