//! Yours. Routes in plain axum, beside the pages: downloads, feeds, webhooks. They lie inside the guards, so each is closed unless
//! `ACCESS` names it (below `/api/` server functions check for themselves: use other paths). A handler extracts `AuthSession`,
//! `CurrentUser`, `User` or `FreshUser`. OPTIONS passes the guards: use `get` and `post`, or extract a `User` under `any`.

use axum::http::HeaderName;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Json, Router};
use leptos::config::LeptosOptions;
use serde_json::{Map, Value};

use super::preferences::choose;
use super::style_guide::style_guide;
use crate::auth::{AuthSession, FreshUser};
use crate::error::Error;
use crate::mail::mailbox::mailbox;
use crate::preferences::PREFERENCES_PATH;

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

/// All that is stored of the user. Add the rows of your own tables: `data.insert("notes".into(), json!(notes))`.
async fn account_data(
    _: FreshUser,
    auth: AuthSession,
) -> Result<([(HeaderName, &'static str); 1], Json<Map<String, Value>>), Error> {
    let data = auth.export().await?;
    let headers = [(CONTENT_DISPOSITION, "attachment; filename=\"account.json\"")];
    Ok((headers, Json(data)))
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
