//! Core. How the hydrated page calls the server function of a form.

use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::{FormData, HtmlFormElement, UrlSearchParams};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::auth::current_user::ask;
use crate::auth::error::AuthError;
use crate::auth::loading::request;
use crate::auth::records::CurrentUser;
use crate::error::{Error, Notice};
use crate::json::from_json;

/// What `answer` says to a hydrated page, beside the function's value. A percent-encoded JSON object in a response header.
#[derive(Deserialize, Serialize)]
pub struct FormAnswer {
    /// The page that follows: a path with its query.
    pub to: String,
    pub notice: Option<Notice>,
    /// The names of the typed values that the page is filled in with.
    pub keep: Vec<String>,
    /// The id of the user who is logged in now, empty for a guest, where the answer sets the session cookie.
    pub user: Option<String>,
}

/// The name of the header.
pub const FORM_ANSWER: &str = "form-answer";

/// The answer to a form that was accepted.
pub struct Received {
    /// The function's value, as JSON.
    pub body: String,
    pub answer: Option<FormAnswer>,
    /// Whom the server knows this browser as, where the answer set the session cookie.
    pub user: Option<CurrentUser>,
}

/// Sends the fields of a form as the browser would.
///
/// # Errors
/// The function's; `Unavailable`, if the server was not reached; `CookiesRefused`, if the browser did not keep the session cookie.
pub async fn call(path: &str, fields: &FormData, multipart: bool) -> Result<Received, Error> {
    let encoded;
    let form: &JsValue = if multipart {
        fields
    } else {
        encoded = UrlSearchParams::new_with_str_sequence_sequence(fields)
            .map_err(|_| AuthError::Unexpected)?;
        &encoded
    };
    let (response, body) = request(path, Some(form)).await?;
    let answer = response.headers().get(FORM_ANSWER).ok().flatten();
    let answer: Option<FormAnswer> = answer.and_then(|answer| {
        let json = percent_decode_str(&answer).decode_utf8().ok()?;
        from_json(&json)
    });
    let user = answer.as_ref().and_then(|answer| answer.user.as_deref());
    let user = match user {
        Some(id) => Some(user_of_the_cookie(id).await?),
        None => None,
    };
    Ok(Received { body, answer, user })
}

/// Whom the server knows this browser as, after an answer for the user `id`. Not the user of the answer: the browser, or a proxy,
/// may have refused the cookie, and another tab may have logged in another user since.
async fn user_of_the_cookie(id: &str) -> Result<CurrentUser, Error> {
    match ask().await.value()? {
        CurrentUser::Guest(_) if !id.is_empty() => Err(AuthError::CookiesRefused.into()),
        user => Ok(user),
    }
}

/// The error of the function at `path`, called with the fields of `form` while it is filled in.
pub async fn check_fields(path: &str, form: &HtmlFormElement) -> Option<Error> {
    let fields = FormData::new_with_form(form).ok()?;
    call(path, &fields, false).await.err()
}
