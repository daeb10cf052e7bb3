//! Yours. The header: once with the visitor, once without.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::LogoutButton;
use crate::auth::{CurrentUser, use_current_user};
use crate::erased::{Children, Erased, IntoErased, reactive_text};
use crate::messages::{self, Phrase, SITE, text};

/// The header that knows the visitor.
#[component]
pub fn Navigation() -> Erased {
    let current_user = use_current_user();
    view! {
        <Header>
            {current_user.show(|user| match user {
                Ok(CurrentUser::User(user)) => view! { <ForUser name=user.name/> }.erased(),
                Ok(CurrentUser::Guest(_)) => view! { <ForGuest/> }.erased(),
                // Unknown: offer nothing that assumes a user or a guest.
                Err(_) => ().erased(),
            })}
        </Header>
    }
    .erased()
}

/// The header of a page that does not ask for the user.
#[component]
pub fn QuietNavigation() -> Erased {
    view! {
        <Header>
            <a href="/account">{text(Phrase::YourAccount)}</a>
        </Header>
    }
    .erased()
}

/// What belongs to an account.
#[component]
pub fn AccountNavigation() -> Erased {
    view! {
        <nav class="account" aria-label=text(Phrase::AccountNavigation)>
            <Tab href="/account" text=Phrase::Overview/>
            <Tab href="/account/password" text=Phrase::Password/>
            <Tab href="/account/sessions" text=Phrase::Sessions/>
            <Tab href="/account/tokens" text=Phrase::AccessTokens/>
            <Tab href="/account/delete" text=Phrase::Delete/>
        </nav>
    }
    .erased()
}

/// A link that is marked on its own page.
#[component]
fn Tab(href: &'static str, text: Phrase<'static>) -> Erased {
    let here = use_location().pathname;
    let current = reactive_text(move || (here.get() == href).then(|| "page".into()));
    view! { <a href=href aria-current=current>{messages::text(text)}</a> }.erased()
}

#[component]
fn Header(children: Children) -> Erased {
    view! {
        <header>
            <a class="skip" href="#main" rel="external">{text(Phrase::SkipToContent)}</a>
            <nav aria-label=text(Phrase::MainNavigation)>
                <a class="brand" href="/">{SITE}</a>
                <a href="/how-it-works">{text(Phrase::HowItWorks)}</a>
                <div class="visitor">{children.show()}</div>
            </nav>
        </header>
    }
    .erased()
}

#[component]
fn ForUser(name: String) -> Erased {
    view! {
        <a href="/account" class="name">{name}</a>
        <LogoutButton/>
    }
    .erased()
}

#[component]
fn ForGuest() -> Erased {
    view! {
        <a href="/login">{text(Phrase::LogIn)}</a>
        <a class="button" href="/signup">{text(Phrase::SignUp)}</a>
    }
    .erased()
}
