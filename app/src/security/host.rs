//! Core. A request is for one host, and says so clearly (RFC 9112, 3.2): two readers of an unclear one, a proxy and this
//! server, may each read another.
//!
//! Which host it is decides nothing here: no address, cookie or redirect is made of it.

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::guard::{refuse_as, wants_html};
use crate::auth::{AuthError, LoginManager};

/// The layer.
pub async fn refuse_unclear_host(
    State(manager): State<LoginManager>,
    request: Request,
    next: Next,
) -> Response {
    if is_clear(&request) {
        return next.run(request).await;
    }
    let html = wants_html(request.uri(), request.headers());
    refuse_as(AuthError::BadRequest, manager.options().texts, html)
}

/// HTTP/1.0 knows no `Host`, and probes still speak it.
fn is_clear(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host),
        (None, _) => request.version() < Version::HTTP_11,
        _ => false,
    }
}

fn is_host(value: &HeaderValue) -> bool {
    let authority = Authority::try_from(value.as_bytes());
    authority.is_ok_and(|authority| !authority.as_str().contains('@'))
}
