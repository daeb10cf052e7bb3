//! Yours. The way of a request in twelve steps. The page does not ask for the user, so it costs no query, whatever cookies come.

use leptos::prelude::*;

use crate::auth::still;
use crate::components::{Content, HEADING, PageTitle, QuietNavigation};
use crate::erased::{Erased, IntoErased};
use crate::messages::still::STEPS;
use crate::messages::{Phrase, text};

#[component]
pub fn HowItWorksPage() -> Erased {
    view! {
        <PageTitle text=text(Phrase::HowItWorks)/>
        <QuietNavigation/>
        <Content>
            <article class="prose">
                <div>
                    <h1 id=HEADING>{text(Phrase::HowItWorks)}</h1>
                    <p class="lead">{text(Phrase::HowLead)}</p>
                    <p class="hint">{text(Phrase::NothingLoaded)} " " <a href="/">{text(Phrase::BackHome)}</a></p>
                </div>
                {still("steps", steps)}
            </article>
        </Content>
    }
    .erased()
}

fn steps() -> Erased {
    let step = |(title, text)| view! { <li><h2>{title}</h2><p>{text}</p></li> };
    view! { <ol class="steps">{STEPS.map(step).into_iter().collect_view()}</ol> }.erased()
}
