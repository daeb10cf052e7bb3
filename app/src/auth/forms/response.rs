//! Core. Responses: errors, for people as the text of their code and for programs as the code itself, and redirects.

use axum::body::Body;
use axum::extract::rejection::{BytesRejection, JsonRejection, QueryRejection};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::messages::{Message, Texts};
use crate::auth::config::{ADDRESS_WINDOW, FUNCTIONS, RETRY_AFTER, seconds};
use crate::auth::error::AuthError;
use crate::error::Error;

/// `error` with its status, as text or as JSON.
pub fn error_response(error: &Error, texts: Texts, html: bool) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if html {
        (status, texts(Message::Error(error)).text.into_owned()).into_response()
    } else {
        (status, axum::Json(error)).into_response()
    };
    let headers = response.headers_mut();
    if let Some(seconds) = retry_after(error) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if *error == Error::Auth(AuthError::InvalidToken) {
        // RFC 6750, 3.
        let scheme = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
        headers.insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}

/// After how many seconds it is worth trying again.
fn retry_after(error: &Error) -> Option<i64> {
    match (error, error.status()) {
        (Error::Auth(AuthError::TryAgainIn(time)), _) => Some(*time),
        (_, 429) => Some(seconds(ADDRESS_WINDOW)),
        (_, 503) => Some(seconds(RETRY_AFTER)),
        _ => None,
    }
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

/// What a handler failed with; the session layer turns it into text for browsers.
#[derive(Clone)]
struct RefusedWith(Error);

/// For axum handlers: `Result<_, Error>`.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = error_response(&self, super::messages::english, false);
        response.extensions_mut().insert(RefusedWith(self));
        response
    }
}

/// The error that a handler returned.
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
    let lines = headers.get_all(header::ACCEPT).iter();
    let types = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|media_type| media_type.split(';').next().map(str::trim))
        .filter(|media_type| media_type.contains('/'));
    let mut types = types.peekable();
    if uri.path().starts_with(FUNCTIONS) {
        return types.any(|media_type| media_type == "text/html");
    }
    let html = ["text/html", "application/xhtml+xml", "text/*", "*/*"];
    types.peek().is_none() || types.any(|media_type| html.contains(&media_type))
}
