//! What monitoring asks, and how the server tells that it is about to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::auth::LoginManager;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;

/// Whether the process was asked to stop: load balancers see it before the listener closes.
pub type Draining = Arc<AtomicBool>;

/// For monitoring. `live` depends on the process alone; `ready` also on the database.
pub(crate) fn health(manager: LoginManager, draining: Draining) -> Router {
    let ready = move || async move {
        let ready = !draining.load(Ordering::Acquire) && manager.database().is_ready().await;
        if ready {
            (StatusCode::OK, "ready")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
    };
    Router::new()
        .route("/health/live", get(async || "live"))
        .route("/health/ready", get(ready))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

/// Tells clients that keep connections open, such as proxies, to open a new one for the next request (RFC 9112, 9.6).
pub(crate) fn close_while_draining(draining: &Draining, mut response: Response) -> Response {
    if draining.load(Ordering::Acquire) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}
