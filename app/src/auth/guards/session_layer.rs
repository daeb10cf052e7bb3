//! Core. The layer that gives each request its [`AuthSession`], and the response its cookies.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::{Access, AccessTable, access};
use crate::auth::error::AuthError;
use crate::auth::login_manager::{AuthSession, LoginManager};

/// Verifies signatures; no query runs here, unless the flash refers to typed values that are too long for a cookie.
pub async fn read_and_write_cookies(
    State((manager, table)): State<(LoginManager, AccessTable)>,
    mut request: Request,
    next: Next,
) -> Response {
    let foreign = matches!(access(table, request.uri().path()), Access::OtherSites);
    let auth = AuthSession::read(manager, &request, foreign);
    request.extensions_mut().insert(auth.clone());
    auth.load_form_values().await;
    let mut response = next.run(request).await;
    if auth.token_is_rejected() {
        // The client claims to be a user and is not: the response that was rendered for it is discarded.
        response = AuthError::InvalidToken.into_response();
    }
    auth.write(response.headers_mut());
    response
}
