//! Core. Rejects ambiguous requests (request smuggling, path confusion): several or malformed `Host` headers, unsupported
//! `Transfer-Encoding`, dot segments. A proxy and this server, or the router and the page's renderer, could read them
//! differently.
//!
//! The value of `Host` is not used for anything: no URL, cookie or redirect depends on it.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use percent_encoding::percent_decode_str;

use crate::auth::AuthError;

/// The longest path segment in bytes (file systems allow no longer names), and the longest path in bytes.
const SEGMENT_MAX: usize = 255;
const PATH_MAX: usize = 2048;

pub(super) fn refuse_ambiguous(request: &Request) -> Result<(), AuthError> {
    if !is_for_one_host(request) || !is_chunked_or_plain(request.headers()) {
        return Err(AuthError::BadRequest);
    }
    if !is_address(request.uri().path()) {
        return Err(AuthError::NotFound);
    }
    Ok(())
}

/// RFC 9112, 3.2. HTTP/1.0 has no `Host`, and health probes still use it.
fn is_for_one_host(request: &Request) -> bool {
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

/// RFC 9112, 6.1: no transfer coding but `chunked` is supported.
fn is_chunked_or_plain(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        _ => false,
    }
}

/// Dot segments are refused: the renderer would resolve them, and show a page that the guard has not checked.
fn is_address(path: &str) -> bool {
    path.len() <= PATH_MAX
        && path.split('/').all(|segment| {
            let decoded: Vec<u8> = percent_decode_str(segment).collect();
            decoded.len() <= SEGMENT_MAX && !matches!(decoded.as_slice(), b"." | b"..")
        })
}
