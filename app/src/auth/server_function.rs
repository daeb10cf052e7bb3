//! Core. The server's door for server functions, and how they answer. The one server file that knows Leptos.
//!
//! A server function is a public URL, whatever page shows its form. Here the framework's defaults give way: it
//! answers a plain form with a redirect to whatever `Referer` says, and every error with 500 and the
//! deserializer's words.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use percent_encoding::percent_decode;

use super::config::BODY_MAX;
use super::flash::FlashCookie;
use super::guard::{refuse_as, wants_html};
use super::messages::{Texts, english};
use super::next::login_url;
use super::{AuthError, CurrentUser, EventKind, Flash, Session, Typed};
use crate::users::User;

const ERROR: &str = "serverfnerror";

/// Marks a request that a browser's own form sent: its answer is a redirect, not data.
#[derive(Clone, Copy)]
struct PlainForm;

/// Gives the components and server functions of one request what they ask for. Call it for each request.
pub fn provide_session() {
    // Leptos lists the routes once, without a request.
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    let Some(session) = parts.extensions.get::<Session>().cloned() else {
        return;
    };
    provide_context(session.texts());
    let cookie = session.clone();
    provide_context(FlashCookie(Arc::new(move || cookie.take_flash())));
    provide_context(session);
}

/// This request's session.
///
/// # Errors
/// [`AuthError::Unexpected`]: the cookie layer did not run.
pub fn session() -> Result<Session, AuthError> {
    use_context().ok_or_else(|| {
        tracing::error!("no session in this request: is the cookie layer in the router?");
        AuthError::Unexpected
    })
}

/// The only way for a server function to get a [`User`].
///
/// # Errors
/// [`AuthError::LoginRequired`] for a guest; [`AuthError::InvalidToken`] for an access token that does not hold;
/// [`AuthError::Unavailable`] if the database could not answer.
pub async fn login_required() -> Result<User, AuthError> {
    let session = session()?;
    match session.load_user().await? {
        CurrentUser::User(user) => Ok(user),
        CurrentUser::Guest(_) => {
            session.emit(EventKind::UserUnauthorized, None);
            Err(AuthError::LoginRequired)
        }
    }
}

/// The same where it matters: the password must have been given lately, so an access token is not enough.
///
/// # Errors
/// As there, and [`AuthError::FreshLoginRequired`].
pub async fn fresh_login_required() -> Result<User, AuthError> {
    let user = login_required().await?;
    let session = session()?;
    if session.login_fresh().await? {
        return Ok(user);
    }
    session.emit(EventKind::UserNeedsRefresh, Some(&user.id));
    Err(AuthError::FreshLoginRequired)
}

/// Where a plain form goes from here, as 303. A hydrated page finds its own way from the function's value.
pub fn see_other(path: &str) {
    let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>())
    else {
        return;
    };
    if parts.extensions.get::<PlainForm>().is_some() {
        let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
        options.set_status(StatusCode::SEE_OTHER);
        options.insert_header(header::LOCATION, path);
    }
}

/// Sends a plain form on to `path`, with a message for the page there.
pub fn see_other_with(path: &str, flash: Flash) {
    see_other(path);
    if let (Some(parts), Ok(session)) = (use_context::<Parts>(), session())
        && parts.extensions.get::<PlainForm>().is_some()
    {
        session.set_flash(flash);
    }
}

/// Sends a plain form of the page `form` to where its error is told: the log-in page, the one that asks for the
/// password once more, or the form itself. What was typed comes back in each case. Hands the error through.
pub fn turn_away(error: AuthError, form: &str, typed: Typed) -> AuthError {
    let flash = |error| Flash {
        error,
        typed,
        ..Flash::default()
    };
    let Ok(session) = session() else {
        return error;
    };
    let options = session.0.manager.options();
    let view = match error {
        AuthError::LoginRequired => options.login_views.at(form),
        AuthError::FreshLoginRequired => options.login_views.refresh,
        _ => None,
    };
    match view {
        Some(view) => see_other_with(&login_url(view, form), flash(None)),
        None => see_other_with(form, flash(Some(error))),
    }
    error
}

/// The layer around every server function.
pub async fn answer_plainly(request: Request, next: Next) -> Response {
    if request.method() == Method::POST
        && !(is_form(request.headers()) && is_plain(request.headers()))
    {
        // The codecs take any body, so a page of another site could send one without asking first.
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let session = request.extensions().get::<Session>().cloned();
    let texts = session.as_ref().map_or(english as Texts, Session::texts);
    let plain_form = wants_html(request.uri(), request.headers());
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if percent_decode(&body).decode_utf8().is_err() {
        // The codec would put one sign for whatever is no text: two passwords would be one.
        return refuse_as(AuthError::BadRequest, texts, plain_form);
    }
    let mut request = Request::from_parts(parts, Body::from(body));
    if plain_form {
        request.extensions_mut().insert(PlainForm);
    }
    // The framework redirects to the `Referer` of whoever accepts HTML, also off this site.
    request.headers_mut().remove(header::ACCEPT);
    request.headers_mut().remove(header::REFERER);

    let response = next.run(request).await;
    if response.headers().contains_key(header::LOCATION) {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(ERROR);
        return Response::from_parts(parts, Body::empty());
    }
    if response.headers().contains_key(ERROR) {
        return with_status(response, plain_form, texts).await;
    }
    response
}

/// The status that belongs to the code in the body.
async fn with_status(response: Response, plain_form: bool, texts: Texts) -> Response {
    let (parts, body) = response.into_parts();
    let code = to_bytes(body, BODY_MAX).await.unwrap_or_default();
    let error = serde_json::from_slice(&code).unwrap_or(AuthError::Unexpected);
    let mut refusal = refuse_as(error, texts, plain_form);
    if let Some(at) = parts.headers.get(ERROR).filter(|_| !plain_form) {
        refusal.headers_mut().insert(ERROR, at.clone());
    }
    refusal
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    let value = value.filter(|_| values.next().is_none());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
        && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
}

/// Nothing here unpacks a body: one that says it is packed is not read as if it were not.
fn is_plain(headers: &HeaderMap) -> bool {
    let mut packed = headers.get_all(header::CONTENT_ENCODING).iter();
    packed.all(|how| how.as_bytes().eq_ignore_ascii_case(b"identity"))
}
