//! Core. Fresh login, in the browser: for what matters the password must have been given lately, however long the log
//! in itself lasts. The server's doors (`guard.rs`, `server_function.rs`) decide; this one guards navigation.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use leptos_router::hooks::{use_location, use_navigate};

use super::config::HOME_PATH;
use super::login_required::{instead_of, query};
use super::next::{LoginViews, login_url};
use super::{AuthError, Failure, resource_for_user};

/// Whether the password was given lately. JSON: `true` or `false`.
///
/// # Errors
/// [`AuthError::LoginRequired`] for a guest.
#[server(name = LoginFresh, endpoint = "login_fresh", input = GetUrl)]
pub async fn login_fresh() -> Result<bool, AuthError> {
    super::server_function::login_required().await?;
    super::server_function::session()?.login_fresh().await
}

/// Shows its children after a fresh log in, and sends everybody else to give the password, and back. Put it inside of
/// [`LoginRequired`](super::LoginRequired()).
#[component]
pub fn FreshLoginRequired(login_views: LoginViews, children: Children) -> impl IntoView {
    let fresh = resource_for_user(login_fresh);
    let location = use_location();
    let navigate = use_navigate();

    Effect::new(move |_| {
        if fresh.get() == Some(Ok(false)) {
            let path = location.pathname.get_untracked();
            let here = format!("{path}{}", query(&location.search.get_untracked()));
            let view = login_views.refresh.unwrap_or(HOME_PATH);
            navigate(&login_url(view, &here), instead_of(&path));
        }
    });

    let page = Suspend::new(async move {
        match fresh.await {
            Ok(true) => children().into_any(),
            Ok(false) => ().into_any(),
            Err(error) => view! { <Failure error/> }.into_any(),
        }
    });
    view! { <Transition>{page}</Transition> }
}
