//! Core. The layer around the whole site. One function: axum's `from_fn` clones everything inside it for each request, so several
//! of them cost the square of their number.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ambiguous::refuse_ambiguous;
use super::app_headers::{HeaderTable, chosen, run_with_cors};
use super::bodies::{BodyTable, run_limited};
use super::cross_site::refuse_cross_site;
use super::headers::set_headers;
use super::refusals::{Asked, RefusalPage, show_refusal};
use crate::auth::guards::access::AccessTable;
use crate::auth::{AuthError, Event, EventKind, LoginManager};
use crate::language::{Languages, render_in};

/// `RequestRefused` is emitted for these (ASVS 16.3.3).
const REJECTED: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
];

/// What the layer needs.
pub struct Security {
    pub manager: LoginManager,
    /// Who may open which path.
    pub access: AccessTable,
    /// Which body a path accepts.
    pub bodies: BodyTable,
    /// The app's own headers of a path.
    pub headers: HeaderTable,
    /// Of the site's texts.
    pub languages: &'static Languages,
    /// Renders what a browser sees of a refused request.
    pub refused: RefusalPage,
}

/// The layer. Every response gets the security headers, and a refusal the form that its client can read.
pub async fn secure(
    State(security): State<Arc<Security>>,
    request: Request,
    next: Next,
) -> Response {
    let chosen = chosen(security.headers, request.uri().path());
    let language = security.languages.accepted(request.headers());
    let run = |request| answer(&security, request, next);
    let mut response = render_in(language, run_with_cors(chosen, request, run)).await;
    set_headers(&security.manager, chosen, &mut response);
    response
}

async fn answer(security: &Security, request: Request, next: Next) -> Response {
    let options = security.manager.options();
    let asked = Asked::of(&request);
    let rejected = Event::of(EventKind::RequestRefused, &request, options.proxies);
    let response = match refuse(security, &request) {
        Ok(()) => run_limited(security.bodies, request, next).await,
        Err(error) => error.into_response(),
    };
    if REJECTED.contains(&response.status()) {
        security.manager.emit(&rejected);
    }
    show_refusal(&asked, options, &security.refused, response)
}

/// Before anything runs that could have an effect.
fn refuse(security: &Security, request: &Request) -> Result<(), AuthError> {
    refuse_cross_site(&security.manager, security.access, request)?;
    refuse_ambiguous(request)
}
