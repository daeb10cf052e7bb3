//! Core. The way back after a log in: a path of this site, or the home page.
//!
//! Flask-Login leaves this check to the app, and most apps forget it. The rule is an allow list, so that
//! a trick nobody has thought of yet is refused too; it is the same on both sides, because the browser's
//! router would follow a bad path just as well as a `Location` header.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::config::{HOME_PATH, LOGIN_PATH};

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

/// The log-in page that leads back to `next`: `/login?next=%2Faccount`. The home page needs no mention.
pub fn login_url(next: &str) -> String {
    with_next(LOGIN_PATH, next)
}

/// `page` with the way back attached, when there is one worth keeping.
pub fn with_next(page: &str, next: &str) -> String {
    match safe_next(next) {
        HOME_PATH => page.to_owned(),
        next => format!("{page}?next={}", utf8_percent_encode(next, UNRESERVED)),
    }
}

/// Printable ASCII without a backslash (browsers read it as a slash and drop TAB, CR and LF), one leading
/// slash, and no empty or dot segment: `/..//evil.test` resolves to a *path* of `//evil.test`, which
/// leaves the site as soon as somebody emits it on its own.
fn is_safe(next: &str) -> bool {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    next.len() <= LONGEST
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && path
            .strip_prefix('/')
            .is_some_and(|rest| rest.is_empty() || is_page(rest))
}

/// Server functions and assets are no place to arrive at (a log out would even undo the log in), and the log-in
/// page would only send the visitor on.
fn is_page(path: &str) -> bool {
    let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
    let first = segments.clone().next();
    segments.all(is_plain)
        && !matches!(first, Some("api" | "pkg"))
        && first != LOGIN_PATH.strip_prefix('/')
}

/// A segment that no parser folds away or splits, also when it is decoded once more than it should be.
fn is_plain(segment: &str) -> bool {
    let decoded: Vec<u8> = percent_decode_str(segment).collect();
    !matches!(decoded.as_slice(), b"" | b"." | b"..")
        && !decoded
            .iter()
            .any(|&byte| byte == b'/' || byte == b'\\' || byte < 0x20)
}
