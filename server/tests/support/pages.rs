//! Two pages that only the tests have, behind the real cookie layer: on one several components use the current user, on
//! the other none does.

use app::auth::guards::function::provide_auth;
use app::auth::guards::session_layer::read_and_write_cookies;
use app::auth::{AuthContext, CurrentUser, use_current_user};
use app::messages::TEXTS;
use app::pages::{ACCESS, LOGIN_VIEWS};
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use leptos::prelude::*;
use leptos_axum::render_app_async_with_context;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::support::site::Site;

/// Three components use the current user.
pub const ASKING: &str = "/asking";
/// No component uses the current user.
pub const QUIET: &str = "/quiet";

/// The text of [`QUIET`].
pub const SILENCE: &str = "This page is the same for all.";
/// The text of [`ASKING`] if the user cannot be loaded.
pub const NO_ANSWER: &str = "It cannot be told who is there.";

pub fn pages(site: &Site) -> Router {
    let pages = Router::new()
        .route(ASKING, shown(Asking))
        .route(QUIET, shown(Quiet));
    with_cookies(site, pages)
}

/// `content` at `/`, behind the real cookie layer.
pub fn showing<View: IntoView + 'static>(site: &Site, content: fn() -> View) -> Router {
    with_cookies(site, Router::new().route("/", shown(content)))
}

fn shown<View: IntoView + 'static>(content: fn() -> View) -> MethodRouter {
    let render = render_app_async_with_context(provide_auth, move || page(content));
    get(async move |request: Request| render(request).await)
}

fn with_cookies(site: &Site, pages: Router) -> Router {
    let state = (site.login_manager.clone(), ACCESS);
    pages.layer(from_fn_with_state(state, read_and_write_cookies))
}

fn page<View: IntoView + 'static>(content: fn() -> View) -> impl IntoView {
    provide_meta_context();
    view! {
        <!DOCTYPE html>
        <html>
            <head><MetaTags/></head>
            <body><AuthContext texts=TEXTS table=ACCESS views=LOGIN_VIEWS>{content()}</AuthContext></body>
        </html>
    }
}

#[component]
fn Asking() -> impl IntoView {
    view! { <Who/> <Who/> <Who/> }
}

#[component]
fn Who() -> impl IntoView {
    let current_user = use_current_user();
    let who = move || match current_user.get()? {
        Ok(CurrentUser::User(user)) => Some(user.email),
        Ok(CurrentUser::Guest(_)) => Some("A guest".to_owned()),
        Err(_) => Some(NO_ANSWER.to_owned()),
    };
    view! { <Transition><p>{who}</p></Transition> }
}

#[component]
fn Quiet() -> impl IntoView {
    view! { <p>{SILENCE}</p> }
}
