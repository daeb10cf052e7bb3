//! Renders every page to its end, also if its visitor hangs up.
//!
//! Leptos spawns a task for each resource of a page, and these read signals of the page's owner. hyper drops the future of a
//! request when the client hangs up, and with it the owner: a task that runs at that moment panics, since the signals "have
//! already been disposed".

use std::panic::resume_unwind;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tracing::Instrument;

/// Pages at a time, those of visitors who hung up included. A page beyond them waits, and can be given up until it begins.
static PLACES: Semaphore = Semaphore::const_new(1024);

/// Renders `page` in a task that outlives the request. The database's time-outs end it.
pub async fn to_its_end(page: impl Future<Output = Response> + Send + 'static) -> Response {
    let place = PLACES.acquire().await;
    let rendering = async {
        let response = page.await;
        drop(place);
        response
    };
    let rendered = tokio::spawn(rendering.in_current_span()).await;
    rendered.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        // The runtime ends.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    })
}
