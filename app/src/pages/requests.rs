//! Yours. What requests may carry and what responses say, by path. `/hooks/*` is everything below `/hooks/`.

use crate::auth::config::{
    FINISH_SIGN_UP_PATH, KEEP_ACCOUNT_PATH, KEEP_EMAIL_PATH, NEW_EMAIL_PATH, RESET_PATH,
};
use crate::security::app_headers::{Header, HeaderTable};
use crate::security::bodies::BodyTable;

/// Bodies other than a url-encoded form of at most 16 KiB: `("/api/save_note", Body::Form(256 * 1024))`,
/// `("/api/upload", Body::Multipart(10 << 20))`, `("/api/notes", Body::Json(64 * 1024))`.
pub const BODIES: BodyTable = &[];

/// Headers beside the core's: `("/map", &[Header::Allow("img-src", "https://tiles.example.com")])`.
pub const HEADERS: HeaderTable = &[
    (FINISH_SIGN_UP_PATH, LINK),
    (RESET_PATH, LINK),
    (NEW_EMAIL_PATH, LINK),
    (KEEP_EMAIL_PATH, LINK),
    (KEEP_ACCOUNT_PATH, LINK),
];

/// Pages whose address has a secret: no cache stores them, no search engine lists them, and no other site learns of them.
const LINK: &[Header] = &[
    Header::Set("cache-control", "no-store"),
    Header::Set("x-robots-tag", "noindex"),
    Header::Set("referrer-policy", "same-origin"),
];
