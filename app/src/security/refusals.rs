//! Core. What none of our pages could have sent is an event, whoever refuses it (ASVS 16.3.3).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::{Event, EventKind, LoginManager};

const REFUSED: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
];

/// The layer.
pub async fn tell_of_refusals(
    State(manager): State<LoginManager>,
    request: Request,
    next: Next,
) -> Response {
    let event = Event::of(EventKind::RequestRefused, &request, manager.options());
    let response = next.run(request).await;
    if REFUSED.contains(&response.status()) {
        manager.emit(&event);
    }
    response
}
