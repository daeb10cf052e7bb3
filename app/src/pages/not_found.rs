//! Yours. What an unknown path shows. The server answers it with status 404.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::Navigation;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    super::forget_error_of_the_address();
    view! {
        <Title text="Not found · Latchkey"/>
        <Navigation/>
        <main id="main" tabindex="-1">
            <section class="hero">
                <h1>"There is no such page."</h1>
                <p class="lead">"The address may be mistyped, or the page has moved."</p>
                <p class="actions"><a class="button" href="/">"Home"</a></p>
            </section>
        </main>
    }
}
