//! Core. The server's door for pages. It answers before anything is rendered, because a refusal that is found
//! while rendering carries the refused page in its body.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::config::RETRY_AFTER;
use super::next::{login_url, safe_next};
use super::{AuthError, CurrentUser, Session};

/// Who may see a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Everybody; the door does not even look.
    Public,
    /// Log in and sign up: a logged-in visitor is sent on.
    GuestsOnly,
    /// Every page that is not named otherwise.
    LoginRequired,
}

/// The layer. `access` says who may see a path.
pub async fn guard(
    State(access): State<fn(&str) -> Access>,
    Extension(session): Extension<Session>,
    request: Request,
    next: Next,
) -> Response {
    let access = access(request.uri().path());
    if access == Access::Public {
        return next.run(request).await;
    }
    match (access, session.load_user().await) {
        (_, Err(error)) => refuse(error),
        (Access::LoginRequired, Ok(CurrentUser::Guest)) => unauthorized(request.uri()),
        (Access::GuestsOnly, Ok(CurrentUser::User(_))) => see_other(&wanted(request.uri())),
        _ => next.run(request).await,
    }
}

/// To the log-in page, with the way back (Flask-Login's `unauthorized`). 303 also after a POST.
pub fn unauthorized(uri: &Uri) -> Response {
    let here = uri.path_and_query().map_or("/", |here| here.as_str());
    see_other(&login_url(here))
}

/// An empty 303. `path` is one of ours: it is printable ASCII.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, location)],
        Body::empty(),
    )
        .into_response()
}

/// A failure, in the fixed text of its code.
pub fn refuse(error: AuthError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, error.to_string()).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = HeaderValue::from(RETRY_AFTER.as_secs());
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// The `next` of a query, if there is exactly one.
#[derive(Deserialize)]
struct Wanted {
    next: String,
}

fn wanted(uri: &Uri) -> String {
    let query = Query::<Wanted>::try_from_uri(uri);
    query.map_or_else(
        |_| safe_next("").to_owned(),
        |query| safe_next(&query.next).to_owned(),
    )
}
