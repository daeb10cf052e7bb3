//! Core. A request of the hydrated page to its own site.

use leptos::prelude::{FromServerFnError, window};
use leptos::server_fn::Bytes;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Headers, RequestInit, Response};
use wasm_bindgen_futures::JsFuture;

use crate::auth::error::AuthError;
use crate::error::Error;

/// Sends the fields `form` as a POST, or a GET without them, and reads the body of the response.
///
/// # Errors
/// Of the response; `Unavailable`, if the server was not reached.
pub(in crate::auth) async fn request(
    url: &str,
    form: Option<&JsValue>,
) -> Result<(Response, String), Error> {
    let received = send(url, form).await;
    let (response, body) = received.map_err(|_| AuthError::Unavailable)?;
    if !response.ok() {
        return Err(Error::de(Bytes::from(body)));
    }
    Ok((response, body))
}

async fn send(url: &str, form: Option<&JsValue>) -> Result<(Response, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    if let Some(form) = form {
        init.set_method("POST");
        init.set_body(form);
    }
    let sent = window().fetch_with_str_and_init(url, &init);
    let response: Response = JsFuture::from(sent).await?.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?;
    Ok((response, body.as_string().unwrap_or_default()))
}
