//! Core. The server's guard for pages and handlers. It answers before a handler runs and before anything is rendered: a rejection
//! found while rendering would carry the rejected page in its body. The one exception is a user who may not see a page: the app
//! renders "forbidden" in its place, and `browser.rs` leaves the page out on the server, too.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;

use super::access::{Access, AccessTable, access};
use super::next::{login_url, make_next_param, next_of, with_field};
use crate::auth::config::NEXT_FIELD;
use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::forms::response::{see_other, wants_html};
use crate::auth::login_manager::AuthSession;
use crate::auth::options::RejectedRequest;
use crate::auth::records::CurrentUser;
use crate::auth::session::Credentials;
use crate::users::User;

/// Renders the app at the path of a request, without calling a handler.
pub type Render = Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// What the guard needs.
#[derive(Clone)]
pub struct Guard {
    pub table: AccessTable,
    /// For a page that a user may not see: the app shows "forbidden" in its own look.
    pub render: Render,
}

/// The layer.
pub async fn guard(
    State(Guard { table, render }): State<Guard>,
    Extension(auth): Extension<AuthSession>,
    request: Request,
    next: Next,
) -> Response {
    let access = access(table, request.uri().path());
    if let Credentials::Ignored { has_cookie } = auth.request().credentials {
        // HEAD is answered like GET, as far as that is known without loading the user, and runs no closed handler. OPTIONS
        // reveals nothing.
        let closed = !access.is_open_to_guests() && request.method() == Method::HEAD;
        return match (closed, has_cookie) {
            (true, false) => unauthorized(&auth, &RejectedRequest::from(&request)),
            (true, true) => StatusCode::OK.into_response(),
            (false, _) => next.run(request).await,
        };
    }
    if matches!(access, Access::Public | Access::OtherSites) {
        return next.run(request).await;
    }
    let (user, fresh) = (auth.load_user().await, auth.login_fresh().await);
    let (user, fresh) = match (user, fresh) {
        (Ok(user), Ok(fresh)) => (user, fresh),
        (Err(error), _) | (_, Err(error)) => return error.into_response(),
    };
    match (access, user) {
        (Access::GuestsOnly, CurrentUser::User(_)) => {
            see_other(&next_of(request.uri().query().unwrap_or_default()))
        }
        (Access::GuestsOnly, CurrentUser::Guest(_)) => next.run(request).await,
        (_, CurrentUser::Guest(_)) => unauthorized(&auth, &RejectedRequest::from(&request)),
        (Access::FreshLoginRequired, CurrentUser::User(user)) if !fresh => {
            needs_refresh(&auth, &user, &RejectedRequest::from(&request))
        }
        (Access::Only(may), CurrentUser::User(user)) if !may(&user) => {
            forbidden(&auth, &user, request, render).await
        }
        _ => next.run(request).await,
    }
}

/// The answer for a guest on a closed page (Flask-Login's `unauthorized`): the app's own, else a redirect to the login page of
/// the area, else 401.
pub fn unauthorized(auth: &AuthSession, rejected: &RejectedRequest) -> Response {
    auth.emit(EventKind::UserUnauthorized, None);
    let options = auth.options();
    if let Some(handler) = &options.unauthorized {
        return handler(rejected);
    }
    let view = options.login_views.at(rejected.uri.path());
    redirect_to_login(view, AuthError::LoginRequired, auth, rejected)
}

/// The answer for a user whose login is not fresh enough (Flask-Login's `needs_refresh`).
pub fn needs_refresh(auth: &AuthSession, user: &User, rejected: &RejectedRequest) -> Response {
    auth.emit(EventKind::UserNeedsRefresh, Some(&user.id));
    let options = auth.options();
    if let Some(handler) = &options.needs_refresh {
        return handler(rejected);
    }
    let view = options.login_views.refresh;
    redirect_to_login(view, AuthError::FreshLoginRequired, auth, rejected)
}

/// The answer for a user who may not see a page: 403, as a page for browsers.
async fn forbidden(auth: &AuthSession, user: &User, request: Request, render: Render) -> Response {
    auth.emit(EventKind::UserForbidden, Some(&user.id));
    if wants_html(request.uri(), request.headers()) && request.method() == Method::GET {
        let mut response = render(request).await;
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    AuthError::Forbidden.into_response()
}

/// 303 also after a POST, so that the rejected page is fetched with GET. A client that does not accept HTML gets the code.
fn redirect_to_login(
    view: Option<&str>,
    error: AuthError,
    auth: &AuthSession,
    RejectedRequest { uri, headers, .. }: &RejectedRequest,
) -> Response {
    match view.filter(|_| wants_html(uri, headers)) {
        Some(view) => {
            let here = uri.path_and_query().map_or("/", |here| here.as_str());
            match &auth.options().site {
                // A login page on another host needs an absolute URL to return to.
                Some(site) if view.contains("//") => {
                    let here = make_next_param(view, &format!("{site}{here}"));
                    see_other(&with_field(view, NEXT_FIELD, &here))
                }
                _ => see_other(&login_url(view, here)),
            }
        }
        None => error.into_response(),
    }
}
