//! Core. The server's guard for server functions. A server function is a public URL, even if only a closed page uses it.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use crate::auth::error::AuthError;
use crate::auth::events::EventKind;
use crate::auth::forms::flash::FlashCookie;
use crate::auth::forms::response::retry_after;
use crate::auth::loading::PageStatus;
use crate::auth::login_manager::AuthSession;
use crate::auth::records::CurrentUser;
use crate::database::Database;
use crate::users::User;

/// Provides the contexts that the components and server functions of a request use. Call it for each request.
pub fn provide_auth() {
    // Leptos lists the routes once, without a request.
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    let Some(auth) = parts.extensions.get::<AuthSession>().cloned() else {
        return;
    };
    provide_context(auth.texts());
    let cookie = auth.clone();
    provide_context(FlashCookie(Arc::new(move |page| cookie.take_flash(page))));
    if let Some(options) = use_context::<ResponseOptions>() {
        provide_context(PageStatus(Arc::new(move |status| {
            let Ok(status) = StatusCode::from_u16(status) else {
                return;
            };
            options.set_status(status);
            if let Some(time) = retry_after(status) {
                options.insert_header(header::RETRY_AFTER, time);
            }
        })));
    }
    provide_context(auth);
}

/// The [`AuthSession`] of this request.
///
/// # Errors
/// [`AuthError::Unexpected`]: the route is outside the session layer.
pub fn auth() -> Result<AuthSession, AuthError> {
    use_context().ok_or_else(|| {
        tracing::error!("no AuthSession in this request: is the route inside the session layer?");
        AuthError::Unexpected
    })
}

/// The database, for the app's own queries.
///
/// # Errors
/// As [`auth`].
pub fn database() -> Result<Database, AuthError> {
    Ok(auth()?.manager().database().clone())
}

/// The logged-in user: the only way for a server function to get one.
///
/// # Errors
/// [`AuthError::LoginRequired`] for a guest; [`AuthError::InvalidToken`] for an invalid access token; or the database failed.
pub async fn login_required() -> Result<User, AuthError> {
    let auth = auth()?;
    match auth.load_user().await? {
        CurrentUser::User(user) => Ok(user),
        CurrentUser::Guest(_) => {
            auth.emit(EventKind::UserUnauthorized, None);
            Err(AuthError::LoginRequired)
        }
    }
}

/// The same for sensitive actions: the password must have been given recently, so an access token is not enough.
///
/// # Errors
/// As [`login_required`], and [`AuthError::FreshLoginRequired`].
pub async fn fresh_login_required() -> Result<User, AuthError> {
    let user = login_required().await?;
    let auth = auth()?;
    if auth.login_fresh().await? {
        return Ok(user);
    }
    auth.emit(EventKind::UserNeedsRefresh, Some(&user.id));
    Err(AuthError::FreshLoginRequired)
}

/// The logged-in user, if `may` returns true for them.
///
/// # Errors
/// As [`login_required`], and [`AuthError::Forbidden`].
pub async fn user_with(may: impl FnOnce(&User) -> bool) -> Result<User, AuthError> {
    let user = login_required().await?;
    if may(&user) {
        return Ok(user);
    }
    auth()?.emit(EventKind::UserForbidden, Some(&user.id));
    Err(AuthError::Forbidden)
}
