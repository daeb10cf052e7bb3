//! Yours. The way of a request in twelve steps. The page does not ask for the user, so it costs no query, whatever cookies come.

use leptos::prelude::*;

use crate::components::{Content, HEADING, PageTitle, QuietNavigation};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

/// The texts are in the order in which a request meets the parts.
const STEPS: usize = 12;

#[component]
pub fn HowItWorksPage() -> Erased {
    let step = |step| {
        view! {
            <li>
                <h2>{text(Phrase::StepTitle(step))}</h2>
                <p>{text(Phrase::StepText(step))}</p>
            </li>
        }
    };
    view! {
        <PageTitle text=text(Phrase::HowItWorks)/>
        <QuietNavigation/>
        <Content>
            <article class="prose">
                <h1 id=HEADING>{text(Phrase::HowItWorks)}</h1>
                <p class="lead">{text(Phrase::HowLead)}</p>
                <ol class="steps">{(0..STEPS).map(step).collect_view()}</ol>
                <p>{text(Phrase::NothingLoaded)} " " <a href="/">{text(Phrase::BackHome)}</a></p>
            </article>
        </Content>
    }
    .erased()
}
