//! Core. Emits `RequestRefused` for every 400, 413 and 415 response (ASVS 16.3.3).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::LoginManager;
use crate::auth::{Event, EventKind};

const REJECTED: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
];

/// The layer.
pub async fn audit_rejections(
    State(manager): State<LoginManager>,
    request: Request,
    next: Next,
) -> Response {
    let event = Event::of(
        EventKind::RequestRefused,
        &request,
        manager.options().proxies,
    );
    let response = next.run(request).await;
    if REJECTED.contains(&response.status()) {
        manager.emit(&event);
    }
    response
}
