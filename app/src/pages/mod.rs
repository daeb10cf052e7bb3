//! Yours. The route table, and who may see what.
//!
//! A page is closed unless it is named in [`PUBLIC`] or [`GUESTS_ONLY`]. To add one: write `pages/yours.rs`,
//! add a line to [`Pages`], and, if everybody may see it, its path to [`PUBLIC`].

mod access_tokens;
mod account;
mod confirm;
mod delete_account;
mod home;
mod how_it_works;
mod login;
mod not_found;
mod password;
mod sessions;
mod signup;

use leptos::html::Main;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos_router::components::{Outlet, ParentRoute, Route, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

use crate::auth::config::{CONFIRM_PATH, LOGIN_PATH};
use crate::auth::next::LoginViews;
use crate::auth::{FreshLoginRequired, LoginRequired};
use crate::components::Navigation;
use access_tokens::AccessTokensPage;
use account::AccountPage;
pub use confirm::Confirm;
use confirm::ConfirmPage;
use delete_account::DeleteAccountPage;
use home::HomePage;
use how_it_works::HowItWorksPage;
use login::LoginPage;
use not_found::NotFoundPage;
use password::PasswordPage;
use sessions::SessionsPage;
use signup::SignupPage;

/// Pages that everybody may see. `/posts/*` would be all below `/posts/`, here and in the lists that follow.
pub const PUBLIC: &[&str] = &["/", "/how-it-works"];

/// Pages on which a logged-in visitor has no business.
pub const GUESTS_ONLY: &[&str] = &["/login", "/signup"];

/// Pages for which the password must have been given lately.
pub const FRESH: &[&str] = &[DELETE_ACCOUNT];

/// Pages of an account that forms come back to.
pub const CHANGE_PASSWORD: &str = "/account/password";
pub const SESSIONS: &str = "/account/sessions";
pub const ACCESS_TOKENS: &str = "/account/tokens";
pub const DELETE_ACCOUNT: &str = "/account/delete";

/// Where guests are sent. An area of the site may have a log-in page of its own: `("/admin", "/admin/login")`.
pub const LOGIN_VIEWS: LoginViews = LoginViews {
    app: Some(LOGIN_PATH),
    areas: &[],
    refresh: Some(CONFIRM_PATH),
};

/// Whether a guest may be at `path`.
pub fn may_visit(path: &str) -> bool {
    is_in(PUBLIC, path) || is_in(GUESTS_ONLY, path)
}

/// Whether one of the lists above names `path`. The server's guard and the browser's ask the same question.
pub fn is_in(pages: &[&str], path: &str) -> bool {
    pages.iter().any(|page| match page.strip_suffix('*') {
        Some(folder) => path.len() > folder.len() && path.starts_with(folder),
        None => *page == path,
    })
}

/// `SsrMode::Async`: a page is sent when it is complete, so it is right without JavaScript, and its head can still
/// carry a cookie or a status.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <ParentRoute path=path!("") view=Framed ssr=SsrMode::Async>
                <Route path=path!("/") view=|| page(HomePage)/>
                <Route path=path!("/login") view=|| page(LoginPage)/>
                <Route path=path!("/signup") view=|| page(SignupPage)/>
                <Route path=path!("/confirm") view=|| page(ConfirmPage)/>
                <Route path=path!("/account") view=|| page(AccountPage)/>
                <Route path=path!("/account/password") view=|| page(PasswordPage)/>
                <Route path=path!("/account/sessions") view=|| page(SessionsPage)/>
                <Route path=path!("/account/tokens") view=|| page(AccessTokensPage)/>
                <Route path=path!("/account/delete") view=|| page(DeleteAccountPage)/>
            </ParentRoute>
            // Outside the frame: its header asks nobody who is there.
            <Route path=path!("/how-it-works") view=|| page(HowItWorksPage)/>
        </Routes>
    }
}

#[component]
fn Framed() -> impl IntoView {
    view! { <Frame><Outlet/></Frame> }
}

/// What most pages share: the header that knows the visitor, and the place of the content.
#[component]
fn Frame(children: Children) -> impl IntoView {
    // Leptos takes errors out of the address, so that a link could put one on our forms. Ours travel in the flash.
    provide_context(ServerActionError::new("", ""));
    // Another page begins where its content does, also for who does not see it.
    let main = NodeRef::<Main>::new();
    let location = use_location();
    Effect::new(move |before: Option<String>| {
        let here = location.pathname.get();
        if before.is_some_and(|before| before != here)
            && let Some(main) = main.get_untracked()
        {
            let _ = main.focus();
        }
        here
    });
    view! {
        <Navigation/>
        <main id="main" tabindex="-1" node_ref=main>
            {children()}
        </main>
    }
}

/// A page behind the browser's doors, unless it is open to guests.
fn page<View: IntoView + 'static>(page: fn() -> View) -> AnyView {
    let path = use_location().pathname.get_untracked();
    if may_visit(&path) {
        return page().into_any();
    }
    let fresh = is_in(FRESH, &path);
    let inside = move || {
        if fresh {
            view! { <FreshLoginRequired login_views=LOGIN_VIEWS>{page()}</FreshLoginRequired> }
                .into_any()
        } else {
            page().into_any()
        }
    };
    view! {
        <LoginRequired may_visit=may_visit login_views=LOGIN_VIEWS>
            {inside()}
        </LoginRequired>
    }
    .into_any()
}
