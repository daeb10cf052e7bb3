//! Core. The headers of OWASP's secure headers sheet, on every response of every status.

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::app_headers::{Header, set_chosen};
use crate::auth::LoginManager;

const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: browsers would send `Origin: null` with the site's own forms.
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Two years, subdomains included (ASVS 3.4.1).
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// The policy of a response that is not a page: no scripts, no frames.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// Error responses without a body get a type, to prevent content sniffing (ASVS 4.1.1).
const EMPTY_TYPE: &str = "text/plain; charset=utf-8";

/// Without another rule a response may be stored, and is revalidated each time.
const REVALIDATE: &str = "no-cache";

/// Sets the headers of a response. Those that the app has `chosen` for the path come last.
pub(super) fn set_headers(manager: &LoginManager, chosen: &[Header], response: &mut Response) {
    let refused = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if manager.options().cookies.secure {
        let hsts = HeaderValue::from_static(HSTS);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    }
    ensure_charset(headers);
    if refused {
        set_default(headers, header::CONTENT_TYPE, EMPTY_TYPE);
    }
    set_default(headers, header::CONTENT_SECURITY_POLICY, NO_PAGE);
    set_default(headers, header::CACHE_CONTROL, REVALIDATE);
    if is_page(headers) {
        let language = HeaderValue::from_static("accept-language");
        headers.append(header::VARY, language);
    }
    set_chosen(chosen, headers);
}

/// All texts are UTF-8; the file service does not say so (ASVS 4.1.1).
fn ensure_charset(headers: &mut HeaderMap) {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return;
    };
    let kind = kind.to_str().unwrap_or_default();
    let is_text = kind.starts_with("text/") || kind.ends_with("xml");
    if is_text && !kind.contains("charset") {
        let kind = HeaderValue::try_from(format!("{kind}; charset=utf-8"));
        headers.insert(
            header::CONTENT_TYPE,
            kind.expect("a valid header with a parameter"),
        );
    }
}

/// A page is in the language of its visitor.
fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    let value = HeaderValue::from_static(value);
    headers.entry(name).or_insert(value);
}

/// The policy of the page that is being rendered: scripts run by this response's nonce only (ASVS 3.4.3), and may load others.
/// `reload` lets a page of the development server listen for changes.
pub fn set_content_security_policy(reload: bool) {
    let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let reload = if reload { " ws:" } else { "" };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'{reload}; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
