//! Renders every page to its end, also if its visitor hangs up.
//!
//! Leptos spawns a task for each resource of a page, and these read signals of the page's owner. hyper drops the future of a
//! request when the client hangs up, and with it the owner: a task that runs at that moment panics, since the signals "have
//! already been disposed".

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::response::Response;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tracing::Instrument;

/// Pages at a time, those of visitors who hung up included. A page beyond them waits, and can be given up until it begins.
static PLACES: Semaphore = Semaphore::const_new(1024);

/// Renders `page` within its request. If the request is dropped, a task goes on with it, until the database's time-outs at the
/// latest.
pub async fn to_its_end(page: impl Future<Output = Response> + Send + 'static) -> Response {
    let place = PLACES.acquire().await;
    let rendering = async {
        let response = page.await;
        drop(place);
        response
    };
    Rendering(Some(Box::pin(rendering.in_current_span()))).await
}

/// A page until it is rendered, or its rendering panics.
struct Rendering(Option<Pin<Box<dyn Future<Output = Response> + Send>>>);

impl Future for Rendering {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Response> {
        // Taken out while it is polled: a page that panics is not given to a task.
        let mut page = self.0.take().expect("it is not polled after its end");
        let polled = page.as_mut().poll(context);
        if polled.is_pending() {
            self.0 = Some(page);
        }
        polled
    }
}

impl Drop for Rendering {
    fn drop(&mut self) {
        // Without a runtime the program ends.
        if let (Some(page), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(page);
        }
    }
}
