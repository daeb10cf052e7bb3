//! Yours. The home page: greets the guest, or the user by name.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::auth::{CurrentUser, LoadError, use_current_user};

#[component]
pub fn HomePage() -> impl IntoView {
    let current_user = use_current_user();

    view! {
        <Title text="Latchkey"/>
        <section class="hero">
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
        <h1>{format!("Welcome back, {name}.")}</h1>
        <p class="lead">"You are logged in. This page knew before it was sent."</p>
        <p class="actions">
            <a class="button" href="/account">"Your account"</a>
            <a class="button quiet" href="/how-it-works">"How it works"</a>
        </p>
    }
}

#[component]
fn Invitation() -> impl IntoView {
    view! {
        <h1>"The key is under the mat."</h1>
        <p class="lead">
            "Log in that is finished on the first day: sessions you can end, pages that know their visitor "
            "on the first byte, forms that work before the code has arrived."
        </p>
        <p class="actions">
            <a class="button" href="/signup">"Create an account"</a>
            <a class="button quiet" href="/how-it-works">"How it works"</a>
        </p>
    }
}
