//! Yours. The routes, and who may open them.
//!
//! To add a page: write `pages/yours.rs`, and add its line to [`Pages`]. Every page needs a logged-in user, unless [`ACCESS`]
//! says otherwise.

mod access_tokens;
mod account;
mod confirm;
pub mod delete_account;
mod email;
mod export;
mod forgot;
mod history;
mod home;
mod login;
pub mod mail_sent;
mod not_found;
mod password;
mod reset;
mod sessions;
mod signup;

/// Routes in plain axum.
#[cfg(feature = "ssr")]
pub mod handlers;
/// What a visitor has chosen.
#[cfg(feature = "ssr")]
pub mod preferences;
/// What a browser sees of a request that is refused outside of the pages.
#[cfg(feature = "ssr")]
pub mod refused;
/// Bodies and headers, by path.
#[cfg(feature = "ssr")]
pub mod requests;
/// What the style sheets have, for developers.
#[cfg(feature = "ssr")]
mod style_guide;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route, Routes};
use leptos_router::{SsrMode, path};

use crate::auth::config::{
    CONFIRM_PATH, FINISH_SIGN_UP_PATH, KEEP_ACCOUNT_PATH, KEEP_EMAIL_PATH, LOGIN_PATH, RESET_PATH,
};
use crate::auth::{Access, AccessTable, LoginViews, guarded};
use crate::components::{Footer, Frame};
use crate::erased::{Erased, IntoErased};
use crate::preferences::PREFERENCES_PATH;
use access_tokens::AccessTokensPage;
use account::AccountPage;
use confirm::ConfirmPage;
use delete_account::{DeleteAccountPage, KeepAccountPage};
use email::{KeepEmailPage, NewEmailPage};
use export::ExportPage;
use forgot::ForgotPage;
use history::HistoryPage;
use home::HomePage;
use login::LoginPage;
use mail_sent::MailSentPage;
use not_found::NotFoundPage;
use password::PasswordPage;
use reset::ResetPage;
use sessions::SessionsPage;
use signup::{FinishSignupPage, SignupPage};

/// Who may open which page and handler, and which server functions guests may call. Everything else needs a logged-in user; a
/// server function says so itself, with `login_required()`. `/posts/*` is everything below `/posts/`.
pub const ACCESS: AccessTable = &[
    ("/", Access::Public),
    ("/how-it-works", Access::Public),
    ("/login", Access::GuestsOnly),
    ("/signup", Access::GuestsOnly),
    (FINISH_SIGN_UP_PATH, Access::Public),
    ("/forgot", Access::Public),
    (RESET_PATH, Access::Public),
    (KEEP_EMAIL_PATH, Access::Public),
    (KEEP_ACCOUNT_PATH, Access::Public),
    ("/mail-sent", Access::Public),
    (PREFERENCES_PATH, Access::Public),
    // In a debug build only.
    ("/style-guide", Access::Public),
    ("/dev/*", Access::Public),
    ("/account/delete", Access::FreshLoginRequired),
    ("/account/export", Access::FreshLoginRequired),
    ("/api/check_password", Access::Public),
    ("/api/current_user", Access::Public),
    ("/api/forgot_password", Access::Public),
    ("/api/keep_account", Access::Public),
    ("/api/keep_email", Access::Public),
    ("/api/link_address", Access::Public),
    ("/api/login", Access::Public),
    ("/api/logout", Access::Public),
    ("/api/reset_password", Access::Public),
    ("/api/sign_up_way", Access::Public),
    ("/api/signup", Access::Public),
    ("/api/start_signup", Access::Public),
];

/// Where guests are sent. An area of the site may have a login page of its own: `("/admin", "/admin/login")`.
pub const LOGIN_VIEWS: LoginViews = LoginViews {
    app: Some(LOGIN_PATH),
    areas: &[],
    refresh: Some(CONFIRM_PATH),
};

/// `SsrMode::Async`, for each of them: a page is sent when it is complete, so it is right without JavaScript, and its head can
/// still carry a cookie or a status.
#[component]
pub fn Pages() -> Erased {
    view! {
        <Routes fallback=NotFoundPage>
            <ParentRoute path=path!("") view=Framed ssr=SsrMode::Async>
                <Route path=path!("/") view=page(HomePage)/>
                <Route path=path!("/login") view=page(LoginPage)/>
                <Route path=path!("/signup") view=page(SignupPage)/>
                <Route path=path!("/signup/finish") view=page(FinishSignupPage)/>
                <Route path=path!("/forgot") view=page(ForgotPage)/>
                <Route path=path!("/reset") view=page(ResetPage)/>
                <Route path=path!("/keep-email") view=page(KeepEmailPage)/>
                <Route path=path!("/keep-account") view=page(KeepAccountPage)/>
                <Route path=path!("/mail-sent") view=page(MailSentPage)/>
                <Route path=path!("/confirm") view=page(ConfirmPage)/>
                <Route path=path!("/account") view=page(AccountPage)/>
                <Route path=path!("/account/email/new") view=page(NewEmailPage)/>
                <Route path=path!("/account/password") view=page(PasswordPage)/>
                <Route path=path!("/account/sessions") view=page(SessionsPage)/>
                <Route path=path!("/account/tokens") view=page(AccessTokensPage)/>
                <Route path=path!("/account/history") view=page(HistoryPage)/>
                <Route path=path!("/account/export") view=page(ExportPage)/>
                <Route path=path!("/account/delete") view=page(DeleteAccountPage)/>
            </ParentRoute>
            // Outside of the frame: its header does not ask for the user.
            <Route path=path!("/how-it-works") view=page(crate::demo::HowItWorksPage) ssr=SsrMode::Async/>
        </Routes>
        <Footer/>
    }
    .erased()
}

#[component]
fn Framed() -> Erased {
    view! { <Frame><Outlet/></Frame> }.erased()
}

/// A page behind the browser's guard.
fn page<View: IntoView + 'static>(page: fn() -> View) -> impl Fn() -> Erased + Clone {
    move || guarded(Box::new(move || page().erased()))
}
