//! Yours. What an unknown path shows. The server answers it with status 404.

use leptos::prelude::*;

use crate::components::{Frame, HEADING, PageTitle};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

#[component]
pub fn NotFoundPage() -> Erased {
    view! {
        <PageTitle text=text(Phrase::PageNotFound)/>
        <Frame>
            <section class="blank">
                <h1 id=HEADING>{text(Phrase::PageNotFound)}</h1>
                <p class="lead">{text(Phrase::PageNotFoundHint)}</p>
                <p class="actions"><a class="button" href="/">{text(Phrase::BackHome)}</a></p>
            </section>
        </Frame>
    }
    .erased()
}
