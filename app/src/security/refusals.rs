//! Core. Gives a refusal the form that its client can read. The layers, guards and handlers answer with a code; a browser that
//! opens a page or sends a form gets the app's page in its place, other clients that accept HTML the text of the code.

use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;

use crate::auth::forms::messages::{Message, Text};
use crate::auth::forms::response::{names_html, refused_with, wants_html};
use crate::auth::guards::next::stays_on_site;
use crate::auth::{AuthError, Options};
use crate::error::Error;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The page's policy: no script, no form.
const PAGE: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
                    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the app's page says about a refused request.
pub struct Refusal {
    pub status: u16,
    /// The code; of a response without one, that of its status.
    pub error: Error,
    pub way_on: WayOn,
    /// The id that the log has for this request.
    pub request_id: String,
}

/// Where a link leads: a path of this site.
#[derive(Debug, Eq, PartialEq)]
pub enum WayOn {
    /// To the page of the form that was refused.
    Back(String),
    /// To the same address again.
    Again(String),
    Home,
}

/// Renders the app's page as HTML. It runs for every refused request, so it loads no user and runs no query.
pub type RefusalPage = Arc<dyn Fn(&Refusal) -> String + Send + Sync>;

/// What the client of a request sees of `response`. A refusal with a body of its own stays as it is.
pub(super) fn show_refusal(
    asked: &Asked,
    options: &Options,
    page: &RefusalPage,
    mut response: Response,
) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let error = refused_with(&response);
    if error.is_none() && !response.body().is_end_stream() {
        return response;
    }
    match (&asked.accepts, error) {
        (Accepts::Page, error) => {
            tracing::info!(status = status.as_u16(), "a browser was refused");
            let error = error.unwrap_or_else(|| error_of(status).into());
            let refusal = asked.refusal(status, error, options.site.as_deref());
            asked.set_page_headers(response.headers_mut());
            asked.with_body(response, page(&refusal), "text/html; charset=utf-8")
        }
        (Accepts::Text, Some(error)) => {
            let Text { text, .. } = (options.texts)(Message::Error(&error));
            asked.with_body(response, text.into_owned(), "text/plain; charset=utf-8")
        }
        _ => response,
    }
}

enum Accepts {
    Page,
    Text,
    Code,
}

/// The parts of a request that the page of its refusal needs. They are cheap to clone: all of them are reference-counted.
pub(super) struct Asked {
    accepts: Accepts,
    method: Method,
    uri: Uri,
    referer: Option<HeaderValue>,
    id: Option<HeaderValue>,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        let headers = request.headers();
        let accepts = if names_html(headers) {
            Accepts::Page
        } else if wants_html(request.uri(), headers) {
            Accepts::Text
        } else {
            Accepts::Code
        };
        Self {
            accepts,
            method: request.method().clone(),
            uri: request.uri().clone(),
            referer: headers.get(header::REFERER).cloned(),
            id: headers.get(REQUEST_ID).cloned(),
        }
    }

    fn refusal(&self, status: StatusCode, error: Error, site: Option<&str>) -> Refusal {
        let id = self.id.as_ref().and_then(|id| id.to_str().ok());
        Refusal {
            status: status.as_u16(),
            error,
            way_on: self.way_on(status, site),
            request_id: id.unwrap_or_default().to_owned(),
        }
    }

    /// The page names the request, so no cache may store it.
    fn set_page_headers(&self, headers: &mut HeaderMap) {
        if let Some(id) = &self.id {
            headers.insert(REQUEST_ID, id.clone());
        }
        let policy = HeaderValue::from_static(PAGE);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        let no_store = HeaderValue::from_static("private, no-store");
        headers.insert(header::CACHE_CONTROL, no_store);
    }

    /// `response` with another body. Its status and its other headers stay.
    fn with_body(&self, response: Response, body: String, kind: &'static str) -> Response {
        let (mut parts, _) = response.into_parts();
        let headers = &mut parts.headers;
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        let is_head = self.method == Method::HEAD;
        let body = if is_head {
            Body::empty()
        } else {
            Body::from(body)
        };
        Response::from_parts(parts, body)
    }

    /// A form is sent again from its page. Another request is made again if it may succeed then.
    fn way_on(&self, status: StatusCode, site: Option<&str>) -> WayOn {
        let here = self.uri.path_and_query().map(PathAndQuery::as_str);
        let way_on = if !matches!(self.method, Method::GET | Method::HEAD) {
            self.form(site).map(WayOn::Back)
        } else if is_temporary(status) {
            here.map(|here| WayOn::Again(here.to_owned()))
        } else {
            None
        };
        let leaves = |way_on: &WayOn| match way_on {
            WayOn::Back(path) | WayOn::Again(path) => !stays_on_site(path),
            WayOn::Home => false,
        };
        way_on
            .filter(|way_on| !leaves(way_on))
            .unwrap_or(WayOn::Home)
    }

    /// The path of the page that sent the form, if it is of this site.
    fn form(&self, site: Option<&str>) -> Option<String> {
        let url = self.referer.as_ref()?.to_str().ok()?;
        let (scheme, rest) = url.split_once("://")?;
        let (host, path) = rest.split_at(rest.find('/')?);
        let origin = format!("{scheme}://{host}");
        let is_here = site.is_none_or(|site| site.eq_ignore_ascii_case(&origin));
        is_here.then(|| path.to_owned())
    }
}

/// Whether the same request may succeed a moment later.
fn is_temporary(status: StatusCode) -> bool {
    let waits = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    status.is_server_error() || waits.contains(&status)
}

/// The code of a response that has only a status.
fn error_of(status: StatusCode) -> AuthError {
    match status {
        StatusCode::UNAUTHORIZED => AuthError::LoginRequired,
        StatusCode::FORBIDDEN => AuthError::Forbidden,
        StatusCode::NOT_FOUND => AuthError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => AuthError::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AuthError::UnsupportedType,
        StatusCode::TOO_MANY_REQUESTS => AuthError::TooManyAttempts,
        StatusCode::SERVICE_UNAVAILABLE => AuthError::Unavailable,
        status if status.is_server_error() => AuthError::Unexpected,
        _ => AuthError::BadRequest,
    }
}
