//! Core. Rejects cross-site requests (CSRF) before anything runs.
//!
//! The algorithm of Go 1.25's `CrossOriginProtection` (and of tower-http 0.7's `csrf`), with two differences that OWASP's sheet
//! asks for: the origin is compared with the configured one and never with `Host`, and a request without any sign of its
//! origin is rejected. A script sends `Origin`, or an access token, which no page can make a browser send.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::auth::AuthError;
use crate::auth::LoginManager;
use crate::auth::guards::access::{Access, AccessTable, access};
use crate::auth::{Event, EventKind};

/// Characters of a header's value in the log.
const ORIGIN_LOGGED: usize = 100;

/// A path that the table opens to other sites ignores cookies, so there is nothing to protect.
pub(super) fn refuse_cross_site(
    manager: &LoginManager,
    table: AccessTable,
    request: &Request,
) -> Result<(), AuthError> {
    let options = manager.options();
    if is_safe(request.method())
        || matches!(access(table, request.uri().path()), Access::OtherSites)
        || is_same_origin(request.headers(), options.site.as_deref())
    {
        return Ok(());
    }
    manager.emit(&Event::of(
        EventKind::CrossSiteRefused,
        request,
        options.proxies,
    ));
    log_origin(request.headers(), options.site.as_deref());
    Err(AuthError::CrossSite)
}

/// Most refusals are of a site that is opened under another address than `SITE_URL`: the log says which. `Referer` may hold what
/// a page has in its address, and stays out.
fn log_origin(headers: &HeaderMap, expected: Option<&str>) {
    let sent = |name| {
        let value = headers.get(name).map(HeaderValue::as_bytes);
        let value = String::from_utf8_lossy(value.unwrap_or_default());
        value.chars().take(ORIGIN_LOGGED).collect::<String>()
    };
    tracing::warn!(
        origin = ?sent(header::ORIGIN),
        sec_fetch_site = ?sent(HeaderName::from_static("sec-fetch-site")),
        ?expected,
        "a cross-site request was refused"
    );
}

/// Methods that change nothing.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_same_origin(headers: &HeaderMap, site: Option<&str>) -> bool {
    match single_header(headers, &HeaderName::from_static("sec-fetch-site")) {
        Some(b"same-origin" | b"none") => return true,
        // A sibling host may be run by someone else.
        Some(b"cross-site" | b"same-site") => return false,
        _ => {}
    }
    let is_site =
        |origin: &[u8]| site.is_some_and(|site| origin.eq_ignore_ascii_case(site.as_bytes()));
    if headers.contains_key(header::ORIGIN) {
        return single_header(headers, &header::ORIGIN).is_some_and(is_site);
    }
    if headers.contains_key(header::REFERER) {
        return single_header(headers, &header::REFERER).is_some_and(|url| is_site(origin_of(url)));
    }
    single_header(headers, &header::AUTHORIZATION)
        .and_then(|value| value.get(..7))
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

/// The header, if it was sent exactly once.
fn single_header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}

/// Scheme, host and port of a URL, as written. With user information in it, it equals no origin.
fn origin_of(url: &[u8]) -> &[u8] {
    let Some(scheme) = url.windows(3).position(|window| window == b"://") else {
        return url;
    };
    let host = &url[scheme + 3..];
    let end = host.iter().position(|byte| b"/?#\\".contains(byte));
    &url[..scheme + 3 + end.unwrap_or(host.len())]
}
