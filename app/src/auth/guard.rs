//! Core. The server's door for pages. It answers before anything is rendered, because a refusal that is found
//! while rendering carries the refused page in its body.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::config::{FUNCTIONS, NEXT_FIELD, RETRY_AFTER};
use super::credentials::Credentials;
use super::messages::{Message, Texts};
use super::next::{login_url, make_next_param, safe_next, with_field};
use super::throttle::retry_after;
use super::{AuthError, CurrentUser, EventKind, Session};
use crate::users::User;

/// Who may see a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Everybody; the door does not even look.
    Public,
    /// Log in and sign up: a logged-in visitor is sent on.
    GuestsOnly,
    /// Every page that is not named otherwise.
    LoginRequired,
    /// The password must have been given lately.
    FreshLoginRequired,
}

/// A request that was turned away.
pub struct Refused {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
}

impl From<&Request> for Refused {
    fn from(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
        }
    }
}

/// The layer. `access` says who may see a path.
pub async fn guard(
    State(access): State<fn(&str) -> Access>,
    Extension(session): Extension<Session>,
    request: Request,
    next: Next,
) -> Response {
    let access = access(request.uri().path());
    if let Credentials::Unasked { has_cookie } = session.0.credentials {
        // OPTIONS shows nothing. HEAD is answered like GET as far as that can be told without loading anybody.
        let closed = matches!(access, Access::LoginRequired | Access::FreshLoginRequired);
        let guest = closed && !has_cookie;
        if guest && request.method() == Method::HEAD {
            return unauthorized(&session, &Refused::from(&request));
        }
        return next.run(request).await;
    }
    if access == Access::Public {
        return next.run(request).await;
    }
    let user = session.load_user().await;
    let fresh = session.login_fresh().await;
    match (access, user, fresh) {
        (_, Err(error), _) | (_, _, Err(error)) => {
            let html = wants_html(request.uri(), request.headers());
            refuse_as(error, session.texts(), html)
        }
        (Access::GuestsOnly, Ok(CurrentUser::User(_)), _) => see_other(&wanted(request.uri())),
        (Access::GuestsOnly, ..) => next.run(request).await,
        (_, Ok(CurrentUser::Guest(_)), _) => unauthorized(&session, &Refused::from(&request)),
        (Access::FreshLoginRequired, Ok(CurrentUser::User(user)), Ok(false)) => {
            needs_refresh(&session, &user, &Refused::from(&request))
        }
        _ => next.run(request).await,
    }
}

/// What a guest gets on a closed page (Flask-Login's `unauthorized`): the app's own answer, or the log-in page of the
/// area with the way back, or 401.
pub fn unauthorized(session: &Session, refused: &Refused) -> Response {
    session.emit(EventKind::UserUnauthorized, None);
    let options = session.0.manager.options();
    if let Some(handler) = &options.unauthorized {
        return handler(refused);
    }
    let view = options.login_views.at(refused.uri.path());
    lead_to(view, AuthError::LoginRequired, session, refused)
}

/// What a user gets whose log in is not fresh enough (Flask-Login's `needs_refresh`).
pub fn needs_refresh(session: &Session, user: &User, refused: &Refused) -> Response {
    session.emit(EventKind::UserNeedsRefresh, Some(&user.id));
    let options = session.0.manager.options();
    if let Some(handler) = &options.needs_refresh {
        return handler(refused);
    }
    lead_to(
        options.login_views.refresh,
        AuthError::FreshLoginRequired,
        session,
        refused,
    )
}

/// 303 also after a POST: what was refused is looked at anew. A client that does not read HTML has no use for a form.
fn lead_to(
    view: Option<&str>,
    error: AuthError,
    session: &Session,
    Refused { uri, headers, .. }: &Refused,
) -> Response {
    let html = wants_html(uri, headers);
    match view.filter(|_| html) {
        Some(view) => {
            let here = uri.path_and_query().map_or("/", |here| here.as_str());
            match &session.0.manager.options().site {
                // Elsewhere a path would be one of theirs.
                Some(site) if view.contains("//") => {
                    let here = make_next_param(view, &format!("{site}{here}"));
                    see_other(&with_field(view, NEXT_FIELD, &here))
                }
                _ => see_other(&login_url(view, here)),
            }
        }
        None => refuse_as(error, session.texts(), html),
    }
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

/// A failure: for a person the fixed text of its code, for a program the code itself as JSON.
pub fn refuse_as(error: AuthError, texts: Texts, html: bool) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if html {
        (status, texts(Message::Error(error)).text.into_owned()).into_response()
    } else {
        (status, axum::Json(error)).into_response()
    };
    let headers = response.headers_mut();
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(retry_after().as_secs()),
        );
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(RETRY_AFTER.as_secs()),
        );
    }
    if error == AuthError::InvalidToken {
        // RFC 6750, 3.
        let how = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
        headers.insert(header::WWW_AUTHENTICATE, how);
    }
    response
}

/// Whether a document is welcome. Who does not say takes anything: from a page a page, from a function its data.
pub fn wants_html(uri: &Uri, headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter();
    let kinds = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|kind| kind.split(';').next().map(str::trim))
        .filter(|kind| kind.contains('/'));
    let mut kinds = kinds.peekable();
    if uri.path().starts_with(FUNCTIONS) {
        return kinds.any(|kind| kind == "text/html");
    }
    let html = ["text/html", "application/xhtml+xml", "text/*", "*/*"];
    kinds.peek().is_none() || kinds.any(|kind| html.contains(&kind))
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
