//! Core. The browser's guard. It guards *navigation* and protects no data: what a visitor may not see has not been sent, because
//! the server's guards (`page.rs`, `function.rs`) withhold it. For `Access::Only` it also decides on the server whether the page
//! is rendered: data that only some users may see is guarded by its server function, with `user_with`.

use std::mem;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use super::access::{Access, AccessTable, access};
use super::next::{LoginViews, login_url, next_of, with_query};
use crate::auth::config::HOME_PATH;
use crate::auth::current_user::{provide_current_user, use_current_user};
use crate::auth::endpoints::LoginFresh;
use crate::auth::error::AuthError;
use crate::auth::forms::flash::provide_flash;
use crate::auth::forms::messages::{Texts, provide_texts};
use crate::auth::forms::page_forms::{provide_current_page, provide_page_forms};
use crate::auth::forms::unconfirmed::provide_unconfirmed;
use crate::auth::loading::{LoadError, load};
use crate::auth::records::CurrentUser;
use crate::erased::{Children, Erased, IntoErased, awaited, effect};
use crate::users::User;

/// The app's tables.
#[derive(Clone, Copy)]
struct Rules {
    table: AccessTable,
    views: LoginViews,
}

/// Where guests are sent.
pub fn use_login_views() -> LoginViews {
    expect_context::<Rules>().views
}

/// What components need of the login. Once, around all pages, inside of the router.
#[component]
pub fn AuthContext(
    texts: Texts,
    /// Who may open what.
    table: AccessTable,
    /// Where guests are sent.
    views: LoginViews,
    children: Children,
) -> Erased {
    provide_context(Rules { table, views });
    provide_texts(texts);
    provide_current_user();
    provide_flash();
    provide_current_page();
    provide_unconfirmed();
    children.show()
}

/// Shows `page` as the rule for the current path says.
pub fn guarded(page: Box<dyn FnOnce() -> Erased + Send>) -> Erased {
    let Rules { table, views } = expect_context();
    provide_page_forms();
    let path = use_location().pathname.get_untracked();
    match access(table, &path) {
        Access::Public | Access::OtherSites => page(),
        Access::GuestsOnly => view! { <GuestsOnly table>{page()}</GuestsOnly> }.erased(),
        Access::LoginRequired => {
            view! { <LoginRequired table views>{page()}</LoginRequired> }.erased()
        }
        Access::FreshLoginRequired => view! {
            <LoginRequired table views>
                <FreshLoginRequired views>{page()}</FreshLoginRequired>
            </LoginRequired>
        }
        .erased(),
        Access::Only(may) => {
            view! { <LoginRequired table views may>{page()}</LoginRequired> }.erased()
        }
    }
}

/// Shows its children to a user, sends a guest to the login page and back, and tells other users that they may not see it.
#[component]
pub fn LoginRequired(
    /// Which pages a guest may see: a visitor who just logged out is on the way to one, and must not be called back.
    table: AccessTable,
    views: LoginViews,
    #[prop(optional)] may: Option<fn(&User) -> bool>,
    children: Children,
) -> Erased {
    let current_user = use_current_user();
    let location = use_location();
    let navigate = use_navigate();

    let asked = current_user.clone();
    let mut before = None;
    effect(move || {
        let user = asked.get().and_then(Result::ok);
        let path = location.pathname.get_untracked();
        match (&mem::replace(&mut before, user.clone()), &user) {
            (_, Some(CurrentUser::Guest(_))) if !access(table, &path).is_open_to_guests() => {
                let view = views.at(&path).unwrap_or(HOME_PATH);
                let here = with_query(&path, &location.search.get_untracked());
                navigate(&login_url(view, &here), replacing(&path));
            }
            // Another tab logged in as another user: nothing of the first user's page may remain.
            (Some(CurrentUser::User(was)), Some(CurrentUser::User(is))) if was.id != is.id => {
                let _ = window().location().reload();
            }
            _ => {}
        }
    });

    // Awaited and not read in a closure: closures run several times on the server, and what the page creates in its body (a
    // resource, say) must be created once to find its slot again in the browser.
    awaited(async move {
        match current_user.resolved().await {
            Ok(CurrentUser::User(user)) if may.is_none_or(|may| may(&user)) => children.show(),
            Ok(CurrentUser::User(_)) => view! { <LoadError error=AuthError::Forbidden/> }.erased(),
            Ok(CurrentUser::Guest(_)) => ().erased(),
            Err(error) => view! { <LoadError error/> }.erased(),
        }
    })
}

/// Shows its children after a fresh login, and sends everyone else to confirm the password, and back. Inside of
/// [`LoginRequired`].
#[component]
pub fn FreshLoginRequired(views: LoginViews, children: Children) -> Erased {
    let fresh = load(|| LoginFresh {});
    let location = use_location();
    let navigate = use_navigate();

    effect(move || {
        if fresh.get() == Some(Ok(false)) {
            let path = location.pathname.get_untracked();
            let here = with_query(&path, &location.search.get_untracked());
            let view = views.refresh.unwrap_or(HOME_PATH);
            navigate(&login_url(view, &here), replacing(&path));
        }
    });

    awaited(async move {
        match fresh.resolved().await {
            Ok(true) => children.show(),
            Ok(false) => ().erased(),
            Err(error) => view! { <LoadError error/> }.erased(),
        }
    })
}

/// Redirects a logged-in visitor, to `next` or home: one who opens the login page, and one who logs in in another tab.
#[component]
pub fn GuestsOnly(
    /// Which pages are for guests only: after a login here the form has already navigated to another page.
    table: AccessTable,
    children: Children,
) -> Erased {
    let current_user = use_current_user();
    let navigate = use_navigate();
    let location = use_location();

    effect(move || {
        let path = location.pathname.get_untracked();
        if current_user.user().is_some() && matches!(access(table, &path), Access::GuestsOnly) {
            let next = next_of(&location.search.get_untracked());
            navigate(&next, replacing(&path));
        }
    });

    children.show()
}

/// A redirect adds no entry to the history: the back button leads to where the visitor came from. The router writes the
/// rejected page into the history only when it is ready; until then the entry there is the one to keep.
fn replacing(path: &str) -> NavigateOptions {
    let replace = window()
        .location()
        .pathname()
        .is_ok_and(|entry| entry == path);
    NavigateOptions {
        replace,
        ..NavigateOptions::default()
    }
}
