//! Core. Which bodies a path accepts, and how large.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body as LimitedBody, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::auth::AuthError;
use crate::auth::config::BODY_MAX;
use crate::auth::guards::access::entry;

/// What a path accepts, with the largest size in bytes.
#[derive(Clone, Copy)]
pub enum Body {
    /// A url-encoded form: the default, of 16 KiB.
    Form(usize),
    Json(usize),
    /// `multipart/form-data`, as a form with files. Read as a stream.
    Multipart(usize),
    /// Any content type, read as a stream.
    Stream(usize),
}

/// Paths, or patterns as `/hooks/*`, and what they accept.
pub type BodyTable = &'static [(&'static str, Body)];

impl Default for Body {
    fn default() -> Self {
        Self::Form(BODY_MAX)
    }
}

impl Body {
    pub const fn limit(self) -> usize {
        match self {
            Self::Form(limit)
            | Self::Json(limit)
            | Self::Multipart(limit)
            | Self::Stream(limit) => limit,
        }
    }

    /// Whether the request has exactly one `Content-Type`, and it is of this kind.
    pub fn is_of_type(self, headers: &HeaderMap) -> bool {
        let media_type = match self {
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Json(_) => "application/json",
            Self::Multipart(_) => "multipart/form-data",
            Self::Stream(_) => return true,
        };
        let mut values = headers.get_all(header::CONTENT_TYPE).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        let value = value.filter(|_| values.next().is_none());
        let mut parts = value.unwrap_or_default().split(';').map(str::trim);
        let is_type = parts
            .next()
            .is_some_and(|is| is.eq_ignore_ascii_case(media_type));
        is_type
            && if matches!(self, Self::Multipart(_)) {
                // Its codec panics without a boundary, and on one that is malformed.
                let parameters: Vec<&str> = parts.collect();
                let named = |one: &&str| one.to_ascii_lowercase().starts_with("boundary=");
                parameters.iter().any(named) && parameters.iter().all(|one| is_parameter(one))
            } else {
                parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
            }
    }
}

/// `name=value` of characters that need no quotes (RFC 9110, 5.6.2).
fn is_parameter(parameter: &str) -> bool {
    let is_token = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(plain)
    };
    let value = parameter.split_once('=');
    value.is_some_and(|(name, value)| is_token(name) && is_token(value))
}

/// Runs the request. A body whose `Content-Length` exceeds the limit is refused before it is read. Any other body is read up to the
/// limit; if it is larger the answer is 413, whatever the handler returned.
pub(super) async fn run_limited(bodies: BodyTable, request: Request, next: Next) -> Response {
    let accepted = entry(bodies, request.uri().path()).copied();
    let limit = accepted.unwrap_or_default().limit();
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return AuthError::TooLarge.into_response();
    }
    // Most requests have no body, and need no limit on it.
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let exceeded = Arc::new(AtomicBool::new(false));
    let limited = Arc::clone(&exceeded);
    let request = request.map(|body| {
        LimitedBody::new(Limited::new(body, limit).map_err(move |error| {
            if error.is::<LengthLimitError>() {
                limited.store(true, Ordering::Release);
            }
            error
        }))
    });
    let response = next.run(request).await;
    if exceeded.load(Ordering::Acquire) {
        return AuthError::TooLarge.into_response();
    }
    response
}
