//! Yours. The header: once with the visitor, once without.

use leptos::prelude::*;
use leptos_router::components::A;

use super::LogoutButton;
use crate::auth::{CurrentUser, use_current_user};
use crate::messages::{Phrase, SITE, text};

/// The header that knows the visitor.
#[component]
pub fn Navigation() -> impl IntoView {
    let current_user = use_current_user();
    view! {
        <Header>
            <Transition>
                {move || {
                    current_user.get().map(|user| match user {
                        Ok(CurrentUser::User(user)) => view! { <ForUser name=user.name/> }.into_any(),
                        Ok(CurrentUser::Guest(_)) => view! { <ForGuest/> }.into_any(),
                        // Unknown: offer nothing that assumes a user or a guest.
                        Err(_) => ().into_any(),
                    })
                }}
            </Transition>
        </Header>
    }
}

/// The header of a page that does not ask for the user.
#[component]
pub fn QuietNavigation() -> impl IntoView {
    view! {
        <Header>
            <a href="/account">{text(Phrase::YourAccount)}</a>
        </Header>
    }
}

/// What belongs to an account.
#[component]
pub fn AccountNavigation() -> impl IntoView {
    view! {
        <nav class="account" aria-label=text(Phrase::AccountNavigation)>
            <A href="/account" exact=true>{text(Phrase::Overview)}</A>
            <A href="/account/password">{text(Phrase::Password)}</A>
            <A href="/account/sessions">{text(Phrase::Sessions)}</A>
            <A href="/account/tokens">{text(Phrase::AccessTokens)}</A>
            <A href="/account/delete">{text(Phrase::Delete)}</A>
        </nav>
    }
}

#[component]
fn Header(children: Children) -> impl IntoView {
    view! {
        <header>
            <a class="skip" href="#main" rel="external">{text(Phrase::SkipToContent)}</a>
            <nav aria-label=text(Phrase::MainNavigation)>
                <a class="brand" href="/">{SITE}</a>
                <a href="/how-it-works">{text(Phrase::HowItWorks)}</a>
                <div class="visitor">{children()}</div>
            </nav>
        </header>
    }
}

#[component]
fn ForUser(name: String) -> impl IntoView {
    view! {
        <a href="/account" class="name">{name}</a>
        <LogoutButton/>
    }
}

#[component]
fn ForGuest() -> impl IntoView {
    view! {
        <a href="/login">{text(Phrase::LogIn)}</a>
        <a class="button" href="/signup">{text(Phrase::SignUp)}</a>
    }
}
