//! Yours. What an unknown path shows. The server answers it with status 404.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::Frame;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Not found · Latchkey"/>
        <Frame>
            <section class="hero">
                <h1>"There is no such page."</h1>
                <p class="lead">"The address may be mistyped, or the page has moved."</p>
                <p class="actions"><a class="button" href="/">"Home"</a></p>
            </section>
        </Frame>
    }
}
