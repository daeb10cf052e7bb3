//! Yours. The header: once with the visitor, once without.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::web_sys::Element;
use leptos_router::hooks::use_location;

use super::LogoutButton;
use super::icon::icon;
use crate::auth::{CurrentUser, use_current_user};
use crate::erased::{Children, ElementRef, Erased, IntoErased, effect};
use crate::messages::{Phrase, SITE, text};
use crate::users::User;

/// The header that knows the visitor.
#[component]
pub fn Navigation() -> Erased {
    let current_user = use_current_user();
    view! {
        <Header>
            {current_user.show(|user| match user {
                Ok(CurrentUser::User(user)) => view! { <ForUser user/> }.erased(),
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
            <a class="link" href="/account">{text(Phrase::YourAccount)}</a>
        </Header>
    }
    .erased()
}

#[component]
fn Header(children: Children) -> Erased {
    view! {
        <header class="site-header">
            <a class="skip" href="#main" rel="external">{text(Phrase::SkipToContent)}</a>
            <a class="brand" href="/">{SITE}</a>
            <nav aria-label=text(Phrase::MainNavigation)>
                {children.show()}
            </nav>
        </header>
    }
    .erased()
}

#[component]
fn ForGuest() -> Erased {
    view! {
        <a class="link" href="/login">{text(Phrase::LogIn)}</a>
        <a class="button" href="/signup">{text(Phrase::SignUp)}</a>
    }
    .erased()
}

/// The menu opens and closes without JavaScript, too. Hydrated, it also closes with Escape, and on another page.
#[component]
fn ForUser(user: User) -> Erased {
    let menu = ElementRef::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked::<Element>() {
            let _ = menu.remove_attribute("open");
        }
    };
    let here = use_location().pathname;
    let mut before = None;
    effect(move || {
        let here = here.get();
        // Not during hydration: the visitor may have opened it.
        if before
            .replace(here.clone())
            .is_some_and(|before| before != here)
        {
            close();
        }
    });
    let button = ElementRef::new();
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            button.focus();
        }
    };
    view! {
        <details class="menu" node_ref=menu on:keydown=escape>
            <summary node_ref=button>
                <span class="avatar" aria-hidden="true">{initials(&user.name)}</span>
                <span class="name wide">{user.name.clone()}</span>
                <span class="sr-only">{text(Phrase::YourMenu)}</span>
                {icon("down")}
            </summary>
            <div>
                <p><strong>{user.name}</strong><br/><span class="hint">{user.email}</span></p>
                <hr/>
                <a href="/account" on:click=move |_| close()>{text(Phrase::AccountNavigation)}</a>
                <LogoutButton/>
            </div>
        </details>
    }
    .erased()
}

/// The first letters of the first and of the last word. The style sheet makes them capitals.
fn initials(name: &str) -> String {
    let mut words = name.split(' ');
    let ends = [words.next(), words.next_back()];
    let first = |word: &str| word.chars().next();
    ends.into_iter().flatten().filter_map(first).collect()
}
