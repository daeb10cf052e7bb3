//! Core. Whether the browser keeps this site's cookies. A plain form that came without any, as a visitor's first one does, is
//! answered with a redirect to this check, and the check with one to the answer: without a cookie no message would be shown
//! there, and no login would last.

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;

use super::response::see_other;
use crate::auth::config::{COOKIE_CHECK, NEXT_FIELD};
use crate::auth::error::AuthError;
use crate::auth::guards::next::{answer_of, with_field};
use crate::error::Error;

/// The URL of the check for the answer at `path`.
pub fn cookie_check(path: &str) -> String {
    with_field(COOKIE_CHECK, NEXT_FIELD, path)
}

/// The check. 303 to a path of this site.
///
/// # Errors
/// `CookiesRefused`.
pub fn check_cookies(uri: &Uri, headers: &HeaderMap) -> Result<Response, Error> {
    if !headers.contains_key(header::COOKIE) {
        return Err(AuthError::CookiesRefused.into());
    }
    Ok(see_other(&answer_of(uri.query().unwrap_or_default())))
}
