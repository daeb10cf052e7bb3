//! Yours. The home page: greets the guest, or the user by name.

use leptos::prelude::*;

use crate::auth::{CurrentUser, LoadError, use_current_user};
use crate::components::{FormMessage, HEADING, PageTitle};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

#[component]
pub fn HomePage() -> Erased {
    let current_user = use_current_user();

    view! {
        <PageTitle text=""/>
        <section class="hero">
            <FormMessage/>
            {current_user.show(|user| match user {
                Ok(CurrentUser::User(user)) => view! { <Welcome name=user.name/> }.erased(),
                Ok(CurrentUser::Guest(_)) => view! { <Invitation/> }.erased(),
                Err(error) => view! { <LoadError error/> }.erased(),
            })}
        </section>
    }
    .erased()
}

#[component]
fn Welcome(name: String) -> Erased {
    view! {
        <h1 id=HEADING>{text(Phrase::WelcomeBack(&name)).into_owned()}</h1>
        <p class="lead">{text(Phrase::LoggedIn)}</p>
        <p class="actions">
            <a class="button" href="/account">{text(Phrase::YourAccount)}</a>
            <a class="button quiet" href="/how-it-works">{text(Phrase::HowItWorks)}</a>
        </p>
    }
    .erased()
}

#[component]
fn Invitation() -> Erased {
    view! {
        <h1 id=HEADING>{text(Phrase::Pitch)}</h1>
        <p class="lead">{text(Phrase::Lead)}</p>
        <p class="actions">
            <a class="button" href="/signup">{text(Phrase::CreateAccount)}</a>
            <a class="button quiet" href="/how-it-works">{text(Phrase::HowItWorks)}</a>
        </p>
    }
    .erased()
}
