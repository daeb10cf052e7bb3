//! Core. The texts of a language as a file for browsers.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::languages::Languages;
use crate::auth::config::{IMMUTABLE, TEXTS_PATH};

/// The file called `name`. One of another version of the site is not found: its page works without the program.
pub fn send_texts(languages: &Languages, name: &str) -> Response {
    let is_it = |url: &str| url.strip_prefix(TEXTS_PATH) == Some(name);
    let Some(language) = languages.all().iter().find(|language| is_it(&language.url)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, IMMUTABLE),
    ];
    (headers, &*language.sent).into_response()
}
