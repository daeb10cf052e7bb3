//! Yours. The home page: greets the guest, or the user by name.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::auth::{CurrentUser, LoadError, use_current_user};
use crate::components::{FormMessage, HEADING};
use crate::messages::{Phrase, text};

#[component]
pub fn HomePage() -> impl IntoView {
    let current_user = use_current_user();

    view! {
        <Title text=""/>
        <section class="hero">
            <FormMessage/>
            <Transition>
                {move || {
                    current_user.get().map(|user| match user {
                        Ok(CurrentUser::User(user)) => view! { <Welcome name=user.name/> }.into_any(),
                        Ok(CurrentUser::Guest(_)) => view! { <Invitation/> }.into_any(),
                        Err(error) => view! { <LoadError error/> }.into_any(),
                    })
                }}
            </Transition>
        </section>
    }
}

#[component]
fn Welcome(name: String) -> impl IntoView {
    view! {
        <h1 id=HEADING>{text(Phrase::WelcomeBack(&name)).into_owned()}</h1>
        <p class="lead">{text(Phrase::LoggedIn)}</p>
        <p class="actions">
            <a class="button" href="/account">{text(Phrase::YourAccount)}</a>
            <a class="button quiet" href="/how-it-works">{text(Phrase::HowItWorks)}</a>
        </p>
    }
}

#[component]
fn Invitation() -> impl IntoView {
    view! {
        <h1 id=HEADING>{text(Phrase::Pitch)}</h1>
        <p class="lead">{text(Phrase::Lead)}</p>
        <p class="actions">
            <a class="button" href="/signup">{text(Phrase::CreateAccount)}</a>
            <a class="button quiet" href="/how-it-works">{text(Phrase::HowItWorks)}</a>
        </p>
    }
}
