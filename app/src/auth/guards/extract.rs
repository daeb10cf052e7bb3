//! Core. Extractors for axum handlers: [`AuthSession`], [`CurrentUser`], and [`User`], which rejects a guest as a closed page
//! does. Cookies and access tokens authenticate.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::page::{needs_refresh, unauthorized};
use crate::auth::error::AuthError;
use crate::auth::login_manager::AuthSession;
use crate::auth::options::RejectedRequest;
use crate::auth::records::CurrentUser;
use crate::users::User;

/// A [`User`] who gave the password recently. Never by access token.
pub struct FreshUser(pub User);

impl<S: Sync> FromRequestParts<S> for AuthSession {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get().cloned().ok_or_else(|| {
            tracing::error!(
                "no AuthSession in this request: is the route inside the session layer?"
            );
            AuthError::Unexpected.into_response()
        })
    }
}

impl<S: Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let auth = AuthSession::from_request_parts(parts, state).await?;
        auth.load_user().await.map_err(AuthError::into_response)
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let auth = AuthSession::from_request_parts(parts, state).await?;
        match CurrentUser::from_request_parts(parts, state).await? {
            CurrentUser::User(user) => Ok(user),
            CurrentUser::Guest(_) => Err(unauthorized(&auth, &rejected(parts))),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for FreshUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let user = User::from_request_parts(parts, state).await?;
        let auth = AuthSession::from_request_parts(parts, state).await?;
        match auth.login_fresh().await {
            Ok(true) => Ok(Self(user)),
            Ok(false) => Err(needs_refresh(&auth, &user, &rejected(parts))),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// The whole URI of the request; a nested router sees only a part of it.
fn uri(parts: &Parts) -> Uri {
    let original = parts.extensions.get::<OriginalUri>();
    original.map_or_else(|| parts.uri.clone(), |OriginalUri(uri)| uri.clone())
}

fn rejected(parts: &Parts) -> RejectedRequest {
    RejectedRequest {
        method: parts.method.clone(),
        uri: uri(parts),
        headers: parts.headers.clone(),
    }
}
