//! Yours. What an unknown path shows. The server answers it with status 404.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Frame, HEADING};
use crate::messages::{Phrase, text};

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text=text(Phrase::PageNotFound).into_owned()/>
        <Frame>
            <section class="hero">
                <h1 id=HEADING>{text(Phrase::PageNotFound)}</h1>
                <p class="lead">{text(Phrase::PageNotFoundHint)}</p>
                <p class="actions"><a class="button" href="/">{text(Phrase::BackHome)}</a></p>
            </section>
        </Frame>
    }
}
