//! Yours. The route table, and who may see what.
//!
//! A page is closed unless it is named in [`PUBLIC`] or [`GUESTS_ONLY`]. To add one: write `pages/yours.rs`,
//! add a line to [`Pages`], and, if everybody may see it, its path to [`PUBLIC`].

mod account;
mod home;
mod how_it_works;
mod login;
mod not_found;
mod signup;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

use crate::auth::LoginRequired;
use crate::components::Navigation;
use account::AccountPage;
use home::HomePage;
use how_it_works::HowItWorksPage;
use login::LoginPage;
use not_found::NotFoundPage;
use signup::SignupPage;

/// Pages that everybody may see.
pub const PUBLIC: &[&str] = &["/", "/how-it-works"];

/// Pages on which a logged-in visitor has no business.
pub const GUESTS_ONLY: &[&str] = &["/login", "/signup"];

/// Whether a guest may be at `path`. The server's guard and the browser's ask the same question.
pub fn may_visit(path: &str) -> bool {
    PUBLIC.contains(&path) || GUESTS_ONLY.contains(&path)
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
                <Route path=path!("/account") view=|| page(AccountPage)/>
            </ParentRoute>
            // Outside the frame: its header asks nobody who is there.
            <Route path=path!("/how-it-works") view=|| page(HowItWorksPage)/>
        </Routes>
    }
}

/// What most pages share: the header that knows the visitor.
#[component]
fn Framed() -> impl IntoView {
    view! {
        <Navigation/>
        <main id="main" tabindex="-1">
            <Outlet/>
        </main>
    }
}

/// A page behind the browser's door, unless it is open to guests.
fn page<View: IntoView + 'static>(page: fn() -> View) -> AnyView {
    if may_visit(&use_location().pathname.get_untracked()) {
        return page().into_any();
    }
    view! { <LoginRequired may_visit=may_visit>{page()}</LoginRequired> }.into_any()
}
