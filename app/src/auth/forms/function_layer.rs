//! Core. The layer around every server function, in place of the framework's defaults: it redirects a plain form to whatever
//! `Referer` says, accepts any content type, and answers every error with 500 and the deserializer's words.

use std::error::Error;
use std::iter::successors;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use percent_encoding::percent_decode;

use super::answer::{PlainForm, ShownTo};
use super::response::wants_html;
use crate::auth::config::{BODY_MAX, USER_FIELD};
use crate::auth::error::AuthError;
use crate::auth::guards::access::entry;
use crate::error::Error as Code;
use crate::security::bodies::{Body as Accepted, BodyTable};

const ERROR: &str = "serverfnerror";

/// The layer, with what the app's functions accept beside small forms.
pub async fn normalise_response(
    State(bodies): State<BodyTable>,
    request: Request,
    next: Next,
) -> Response {
    let html = wants_html(request.uri(), request.headers());
    let accepted = entry(bodies, request.uri().path())
        .copied()
        .unwrap_or_default();
    let post = request.method() == Method::POST;
    if post && !(accepted.is_of_type(request.headers()) && is_unencoded(request.headers())) {
        // The codecs accept any content type, so a page of another site could send a request without a preflight.
        return AuthError::UnsupportedType.into_response();
    }
    let (mut parts, body) = request.into_parts();
    let body = if matches!(accepted, Accepted::Multipart(_) | Accepted::Stream(_)) {
        body
    } else {
        let bytes = match to_bytes(body, accepted.limit()).await {
            Ok(bytes) => bytes,
            Err(error) if is_length_limit(&error) => return AuthError::TooLarge.into_response(),
            // The client hung up, or its chunks are malformed.
            Err(_) => return AuthError::BadRequest.into_response(),
        };
        if matches!(accepted, Accepted::Form(_)) && percent_decode(&bytes).decode_utf8().is_err() {
            // The codec would replace invalid bytes, so two different passwords would be equal.
            return AuthError::BadRequest.into_response();
        }
        if let (Accepted::Form(_), Some(user_id)) = (accepted, shown_to(&bytes)) {
            parts.extensions.insert(ShownTo(user_id));
        }
        Body::from(bytes)
    };
    let mut request = Request::from_parts(parts, body);
    if html {
        request.extensions_mut().insert(PlainForm);
    }
    // With these the framework redirects to `Referer`, also off this site.
    request.headers_mut().remove(header::ACCEPT);
    request.headers_mut().remove(header::REFERER);

    let response = next.run(request).await;
    if response.headers().contains_key(header::LOCATION) {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(ERROR);
        return Response::from_parts(parts, Body::empty());
    }
    if response.headers().contains_key(ERROR) {
        return with_status(response, html).await;
    }
    response
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut causes = successors(error.source(), |&cause| cause.source());
    causes.any(<dyn Error>::is::<LengthLimitError>)
}

/// The user to whom the form was shown, where it says so: see [`USER_FIELD`].
fn shown_to(body: &[u8]) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    let mut fields = body.split('&').filter_map(|field| field.split_once('='));
    let (_, user_id) = fields.find(|(name, _)| *name == USER_FIELD)?;
    (!user_id.is_empty()).then(|| user_id.to_owned())
}

/// An error with its status, in place of 500.
async fn with_status(response: Response, html: bool) -> Response {
    let (parts, body) = response.into_parts();
    let code = to_bytes(body, BODY_MAX).await.unwrap_or_default();
    let error = serde_json::from_slice(&code).unwrap_or(Code::Auth(AuthError::Unexpected));
    let mut refusal = error.into_response();
    if let Some(path) = parts.headers.get(ERROR).filter(|_| !html) {
        refusal.headers_mut().insert(ERROR, path.clone());
    }
    refusal
}

/// Compressed bodies are not supported: any `Content-Encoding` but `identity` is rejected.
fn is_unencoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
