//! Core. Requests that another site's page sends in the visitor's name (CSRF) are refused before anything runs.
//!
//! The algorithm of Go 1.25's `CrossOriginProtection`, with two differences that OWASP's sheet asks for: the origin is
//! compared with the configured address and never with `Host`, and a request that says nothing of where it comes from
//! is refused. A script says it with `Origin`, or sends an access token: nobody can make a browser send that.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::guard::{refuse_as, wants_html};
use crate::auth::{AuthError, Event, EventKind, LoginManager};

/// The layer.
pub async fn refuse_cross_site(
    State(manager): State<LoginManager>,
    request: Request,
    next: Next,
) -> Response {
    let options = manager.options();
    if is_safe(request.method()) || is_ours(request.headers(), options.site.as_deref()) {
        return next.run(request).await;
    }
    manager.emit(&Event::of(EventKind::CrossSiteRefused, &request, options));
    refuse_as(
        AuthError::CrossSite,
        options.texts,
        wants_html(request.uri(), request.headers()),
    )
}

/// Methods that change nothing.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_ours(headers: &HeaderMap, site: Option<&str>) -> bool {
    match the_one(headers, &HeaderName::from_static("sec-fetch-site")) {
        Some(b"same-origin" | b"none") => return true,
        // A sibling host is another site: nobody knows who runs it.
        Some(b"cross-site" | b"same-site") => return false,
        _ => {}
    }
    let is_site =
        |origin: &[u8]| site.is_some_and(|site| origin.eq_ignore_ascii_case(site.as_bytes()));
    if headers.contains_key(header::ORIGIN) {
        return the_one(headers, &header::ORIGIN).is_some_and(is_site);
    }
    if headers.contains_key(header::REFERER) {
        return the_one(headers, &header::REFERER).is_some_and(|url| is_site(origin_of(url)));
    }
    the_one(headers, &header::AUTHORIZATION)
        .and_then(|value| value.get(..7))
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

/// The header, if there is exactly one.
fn the_one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}

/// Scheme, host and port of a URL, as it is written. With a user in it, it is no origin of ours.
fn origin_of(url: &[u8]) -> &[u8] {
    let Some(scheme) = url.windows(3).position(|window| window == b"://") else {
        return url;
    };
    let host = &url[scheme + 3..];
    let end = host.iter().position(|byte| b"/?#\\".contains(byte));
    &url[..scheme + 3 + end.unwrap_or(host.len())]
}
