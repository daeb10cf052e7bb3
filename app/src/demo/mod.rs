//! Yours, to delete: what explains Latchkey itself. The way of a request in twelve steps, on a page that does not ask for the user,
//! so it costs no query, whatever cookies come. Its lines elsewhere: `mod demo` in `lib.rs`, the route and the line of `ACCESS` in
//! `pages/mod.rs`, the link in `components/footer.rs`. Its texts may stay.

use leptos::prelude::*;

use crate::auth::still;
use crate::components::{Content, HEADING, PageTitle, QuietNavigation};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, server_text, text};

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
    let step = |number: u8| {
        let title = server_text(&format!("step_{number}"));
        let how = server_text(&format!("step_{number}_how"));
        view! { <li><h2>{title}</h2><p>{how}</p></li> }
    };
    view! { <ol class="steps">{(1..=12).map(step).collect_view()}</ol> }.erased()
}
