//! Core. The page to return to after a login (`next`): a path of this site, or the home page.
//!
//! Flask-Login leaves this check (open redirects) to the app. The rule is an allow list, so that unknown tricks are refused,
//! too. Server and browser share it: the browser's router would follow a bad path, as a browser follows a `Location` header.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::auth::config::{
    BUILT_FILES, CONFIRM_PATH, FUNCTIONS, HEALTH, HOME_PATH, LOGIN_PATH, NEXT_FIELD, TEXTS_PATH,
};

const LONGEST: usize = 2048;
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `next` if following it stays on a page of this site, else [`HOME_PATH`].
pub fn safe_next(next: &str) -> &str {
    if is_safe(next) { next } else { HOME_PATH }
}

/// The page to return to, as the query `search` of an address names it, exactly once and without `?`; the home page if it
/// names none of this site. Decoded once: the router's map of the query decodes twice, so that `%252F` becomes `/`.
pub fn next_of(search: &str) -> String {
    safe_next(&field_of(search, NEXT_FIELD)).to_owned()
}

/// The same for the answer to a form, which may be the login page.
pub fn answer_of(search: &str) -> String {
    let next = field_of(search, NEXT_FIELD);
    Some(next)
        .filter(|next| stays_on_site(next))
        .unwrap_or_else(|| HOME_PATH.to_owned())
}

/// The value of `field` in the query `search` of an address, decoded once; empty, if it is not there exactly once.
pub fn field_of(search: &str, field: &str) -> String {
    let pairs = search.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == field);
    let value = match (values.next(), values.next()) {
        (Some((_, value)), None) => value.replace('+', " "),
        _ => String::new(),
    };
    let value = percent_decode_str(&value).decode_utf8();
    value.unwrap_or_default().into_owned()
}

/// Where guests are sent: one login page for the app, others for areas of it (Flask-Login's `login_view` and
/// `blueprint_login_views`). An area is a path and everything below it; the longest one that fits decides. A login page may be
/// on another host.
#[derive(Clone, Copy, Debug)]
pub struct LoginViews {
    /// `None` answers 401 instead of a redirect.
    pub app: Option<&'static str>,
    /// `("/admin", "/admin/login")`
    pub areas: &'static [(&'static str, &'static str)],
    /// Where the password is confirmed (`refresh_view`), for the whole app. `None` answers 401.
    pub refresh: Option<&'static str>,
}

impl Default for LoginViews {
    fn default() -> Self {
        Self {
            app: Some(LOGIN_PATH),
            areas: &[],
            refresh: Some(CONFIRM_PATH),
        }
    }
}

impl LoginViews {
    /// The login page for the page at `path`.
    pub fn at(&self, path: &str) -> Option<&'static str> {
        let holds = |area: &str| {
            path.strip_prefix(area)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let areas = self.areas.iter().filter(|(area, _)| holds(area));
        let closest = areas.max_by_key(|(area, _)| area.len());
        closest.map(|(_, view)| *view).or(self.app)
    }

    /// The URL of the login page that returns to `next`.
    pub fn url(&self, next: &str) -> String {
        let next = safe_next(next);
        login_url(self.at(path_of(next)).unwrap_or(LOGIN_PATH), next)
    }
}

/// The URL of the login page `view` that returns to `next` (Flask-Login's `login_url`): `/login?next=%2Faccount`. The
/// view's own query is kept. The home page is the default and is left out.
pub fn login_url(view: &str, next: &str) -> String {
    match safe_next(next) {
        HOME_PATH => view.to_owned(),
        next => with_field(view, NEXT_FIELD, next),
    }
}

/// `url` with `field` set to `value` in its query, in its present place or at the end.
pub fn with_field(url: &str, field: &str, value: &str) -> String {
    let (url, fragment) = match url.split_once('#') {
        Some((url, fragment)) => (url, format!("#{fragment}")),
        None => (url, String::new()),
    };
    let (page, query) = url.split_once('?').unwrap_or((url, ""));
    let new = format!("{field}={}", utf8_percent_encode(value, UNRESERVED));
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    let is_field = |pair: &str| pair.split('=').next() == Some(field);
    match pairs.iter().position(|pair| is_field(pair)) {
        Some(at) => pairs[at] = &new,
        None => pairs.push(&new),
    }
    format!("{page}?{}{fragment}", pairs.join("&"))
}

/// `current` (an absolute URL) as `next` for the login page at `view`: a path if both are on one site, else the whole URL
/// (Flask-Login's `make_next_param`). The other site must check the latter; [`safe_next`] refuses it.
pub fn make_next_param(view: &str, current: &str) -> String {
    let Some((scheme, rest)) = current.split_once("://") else {
        return current.to_owned();
    };
    let without_fragment = rest.split('#').next().unwrap_or_default();
    let (host, path) = match without_fragment.find(['/', '?']) {
        Some(at) => without_fragment.split_at(at),
        None => (without_fragment, ""),
    };
    let view_site = match view.split_once("//") {
        Some(("", rest)) => Some((scheme, rest)),
        Some((before, rest)) => before.strip_suffix(':').map(|scheme| (scheme, rest)),
        None => None,
    };
    let same_site = view_site.is_none_or(|(view_scheme, rest)| {
        view_scheme == scheme && rest.split(['/', '?', '#']).next() == Some(host)
    });
    if same_site {
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{slash}{path}")
    } else {
        current.to_owned()
    }
}

fn is_safe(next: &str) -> bool {
    stays_on_site(next) && is_page(path_of(next))
}

/// Printable ASCII without a backslash (browsers read it as a slash and drop TAB, CR and LF), one leading slash, and no empty
/// or dot segment: `/..//evil.test` resolves to the path `//evil.test`, which leaves the site when it is used on its own.
pub fn stays_on_site(next: &str) -> bool {
    next.len() <= LONGEST
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && path_of(next).strip_prefix('/').is_some_and(|rest| {
            let folder = rest.strip_suffix('/').unwrap_or(rest);
            rest.is_empty() || folder.split('/').all(is_plain)
        })
}

/// Server functions, probes and built files are not pages to return to (`/api/logout` would even undo the login), and the login
/// page would redirect again.
fn is_page(path: &str) -> bool {
    let first = path.split('/').nth(1);
    let reserved = [FUNCTIONS, HEALTH, BUILT_FILES, TEXTS_PATH, LOGIN_PATH];
    !reserved
        .iter()
        .any(|path| first == Some(path.trim_matches('/')))
}

/// A segment that no parser removes or splits, even when it is decoded twice.
fn is_plain(segment: &str) -> bool {
    let decoded: Vec<u8> = percent_decode_str(segment).collect();
    !matches!(decoded.as_slice(), b"" | b"." | b"..")
        && !decoded
            .iter()
            .any(|&byte| byte == b'/' || byte == b'\\' || byte < 0x20)
}

/// The path of an address of this site.
pub fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// `path` with the query `search`, which may be empty.
pub fn with_query(path: &str, search: &str) -> String {
    if search.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{search}")
    }
}
