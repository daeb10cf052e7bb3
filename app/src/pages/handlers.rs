//! Yours. Routes in plain axum, beside the pages: downloads, feeds, webhooks. They lie inside the guards, so each is closed unless
//! `ACCESS` names it (below `/api/` server functions check for themselves: use other paths). A handler extracts `AuthSession`,
//! `CurrentUser`, `User` or `FreshUser`. OPTIONS passes the guards: use `get` and `post`, or extract a `User` under `any`.

use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use leptos::config::LeptosOptions;

use super::preferences::choose;
use super::style_guide::style_guide;
use crate::auth::AuthSession;
use crate::error::Error;
use crate::mail::mailbox::mailbox;
use crate::preferences::PREFERENCES_PATH;
use crate::users::User;

/// `Router::new().route("/export.json", get(export))`, or another router by `nest` or `merge`.
pub fn handlers() -> Router<LeptosOptions> {
    Router::new()
        // Where password managers send their users (W3C: A Well-Known URL for Changing Passwords).
        .route(
            "/.well-known/change-password",
            get(async || Redirect::to("/account/password")),
        )
        .route(PREFERENCES_PATH, post(choose))
        .route("/account/export.json", get(account_data))
        .merge(for_developers())
}

/// All that is stored of the user. Add the rows of your own tables: `data.insert("notes".into(), json!(notes))`. Without a fresh
/// login it leads to the page that asks for one, because a download is no page to return to.
async fn account_data(user: User, auth: AuthSession) -> Result<Response, Error> {
    if !auth.login_fresh().await? {
        return Ok(Redirect::to("/account/export").into_response());
    }
    let data = auth.export().await?;
    tracing::info!(user = user.id, "the data of an account is downloaded");
    let headers = [(CONTENT_DISPOSITION, "attachment; filename=\"account.json\"")];
    Ok((headers, Json(data)).into_response())
}

/// What a release does not have.
fn for_developers() -> Router<LeptosOptions> {
    let router = Router::new();
    if cfg!(debug_assertions) {
        router
            .route("/style-guide", get(style_guide))
            .merge(mailbox())
    } else {
        router
    }
}
