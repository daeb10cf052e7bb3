//! Core. Responses: errors, as their code, and redirects. The layer in `security/refusals.rs` shows an error to people.

use axum::body::Body;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::auth::config::{ADDRESS_WINDOW, FUNCTIONS, RETRY_AFTER};
use crate::auth::error::AuthError;
use crate::error::Error;

/// How long a client is asked to wait, by the status of the response.
pub fn retry_after(status: StatusCode) -> Option<HeaderValue> {
    let time = match status {
        StatusCode::TOO_MANY_REQUESTS => ADDRESS_WINDOW,
        StatusCode::SERVICE_UNAVAILABLE => RETRY_AFTER,
        _ => return None,
    };
    Some(HeaderValue::from(time.as_secs()))
}

/// For handlers that extract `Result<Json<_>, JsonRejection>` and use `?`: the code in place of axum's text.
fn rejection(status: StatusCode) -> Error {
    Error::Auth(match status {
        StatusCode::PAYLOAD_TOO_LARGE => AuthError::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AuthError::UnsupportedType,
        _ => AuthError::BadRequest,
    })
}

impl From<JsonRejection> for Error {
    fn from(error: JsonRejection) -> Self {
        rejection(error.status())
    }
}

impl From<QueryRejection> for Error {
    fn from(error: QueryRejection) -> Self {
        rejection(error.status())
    }
}

impl From<BytesRejection> for Error {
    fn from(error: BytesRejection) -> Self {
        rejection(error.status())
    }
}

/// What a request was refused with.
#[derive(Clone)]
struct RefusedWith(Error);

/// The code as JSON, with its status. For layers and guards, and for axum handlers: `Result<_, Error>`.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        let time = match &self {
            Self::Auth(AuthError::TryAgainIn(seconds)) => Some(HeaderValue::from(*seconds)),
            _ => retry_after(status),
        };
        if let Some(time) = time {
            headers.insert(header::RETRY_AFTER, time);
        }
        if self == Self::Auth(AuthError::InvalidToken) {
            // RFC 6750, 3.
            let scheme = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response.extensions_mut().insert(RefusedWith(self));
        response
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        Error::Auth(self).into_response()
    }
}

/// The error in whose place this response is.
pub fn refused_with(response: &Response) -> Option<Error> {
    let error = response.extensions().get::<RefusedWith>();
    error.map(|RefusedWith(error)| error.clone())
}

/// An empty 303. `path` is a path of the site: printable ASCII.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, location)],
        Body::empty(),
    )
        .into_response()
}

/// Whether the client accepts HTML. Without an `Accept` header pages answer with HTML and server functions with JSON.
pub fn wants_html(uri: &Uri, headers: &HeaderMap) -> bool {
    if uri.path().starts_with(FUNCTIONS) {
        return names_html(headers);
    }
    let mut types = accepted(headers).peekable();
    let html = ["text/html", "application/xhtml+xml", "text/*", "*/*"];
    types.peek().is_none() || types.any(|media_type| html.contains(&media_type))
}

/// Whether the client names HTML, as a browser does for a page and a form, and not for a script or an image.
pub fn names_html(headers: &HeaderMap) -> bool {
    accepted(headers).any(|media_type| media_type == "text/html")
}

fn accepted(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::ACCEPT).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|media_type| media_type.split(';').next().map(str::trim))
        .filter(|media_type| media_type.contains('/'))
}
