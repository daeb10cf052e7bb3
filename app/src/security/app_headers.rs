//! Core. Response headers that the app chooses for a path: sources in the content security policy, CORS, and any others.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::cors::CorsLayer;

use crate::auth::guards::access::entry;

/// A header of a path's responses, in addition to the core's.
#[derive(Clone, Copy)]
pub enum Header {
    /// Adds a source to a directive of the page's content security policy: `Allow("img-src", "https://tiles.example.com")`. For
    /// `script-src` it has no effect: scripts run by nonce (`'strict-dynamic'`).
    Allow(&'static str, &'static str),
    /// Sets a header, and replaces the core's if it has one of this name.
    Set(&'static str, &'static str),
    /// Lets scripts of these origins send requests and read the responses (CORS). The path's access must be `OtherSites`.
    Cors(&'static [&'static str]),
}

/// Paths, or patterns as `/embed/*`, and the headers of their responses.
pub type HeaderTable = &'static [(&'static str, &'static [Header])];

/// Runs the request, with CORS if `chosen` has an entry for it.
pub(super) async fn run_with_cors<Answer>(
    chosen: &[Header],
    request: Request,
    run: impl FnOnce(Request) -> Answer,
) -> Response
where
    Answer: Future<Output = Response>,
{
    let origins = chosen.iter().find_map(|header| match header {
        Header::Cors(origins) => Some(*origins),
        _ => None,
    });
    let Some(origins) = origins else {
        return run(request).await;
    };
    let mut run = Some(run);
    let run = service_fn(move |request| {
        let run = run.take().expect("a request runs once");
        async { Ok::<_, Infallible>(run(request).await) }
    });
    match cors(origins).layer(run).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Sets the other headers of `chosen`, which may replace the core's.
pub(super) fn set_chosen(chosen: &[Header], headers: &mut HeaderMap) {
    for header in chosen {
        match header {
            Header::Allow(directive, source) => allow(headers, directive, source),
            Header::Set(name, value) => {
                headers.insert(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            Header::Cors(_) => {}
        }
    }
}

/// The entries of the table for a path.
pub(super) fn chosen(table: HeaderTable, path: &str) -> &'static [Header] {
    let headers = entry(table, path);
    headers.copied().unwrap_or_default()
}

/// Without credentials: cookies are ignored here, access tokens authenticate.
fn cors(origins: &[&'static str]) -> CorsLayer {
    let origins = origins
        .iter()
        .map(|origin| HeaderValue::from_static(origin));
    CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
}

/// Adds `source` to `directive` of a page's policy. A response that is not a page keeps its policy without scripts.
fn allow(headers: &mut HeaderMap, directive: &str, source: &str) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok());
    let Some(policy) = policy.filter(|policy| policy.contains("script-src")) else {
        return;
    };
    let mut found = false;
    let mut directives: Vec<String> = policy
        .split(';')
        .map(|one| {
            let one = one.trim();
            if one.split(' ').next() != Some(directive) {
                return one.to_owned();
            }
            found = true;
            // `'none'` stands alone (CSP 3, 6.7.2.5).
            let sources = one.trim_end_matches("'none'").trim_end();
            format!("{sources} {source}")
        })
        .collect();
    if !found {
        directives.push(format!("{directive} {source}"));
    }
    if let Ok(policy) = HeaderValue::try_from(directives.join("; ")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
