//! Core. How a page calls a server function that loads something: the server in process, the browser by a request.

use std::pin::Pin;

use leptos::server_fn::ServerFn;
use send_wrapper::SendWrapper;
use serde::Serialize;

use super::answer::Answer;
use super::request::request;
use crate::error::Error;
use crate::half::IS_SERVER;
use crate::json::to_json;

pub(in crate::auth) type Called = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The answer of `function`; `query` is the same, encoded.
pub(in crate::auth) fn call<F>(function: F, query: String) -> Called
where
    F: ServerFn<Error = Error> + 'static,
    F::Output: Serialize,
{
    if IS_SERVER {
        Box::pin(async { Answer(function.run_body().await.map(|value| to_json(&value))) })
    } else {
        called(F::PATH, query)
    }
}

/// In the browser: the answer of the function at `path`.
fn called(path: &'static str, query: String) -> Called {
    Box::pin(SendWrapper::new(async move {
        let received = request(&format!("{path}?{query}"), None).await;
        Answer(received.map(|(_, body)| body))
    }))
}
