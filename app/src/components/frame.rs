//! Yours. What most pages share: the header that knows the visitor, and the place of the content.

use leptos::html::Main;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{ConfirmDialog, Navigation};

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    // After a navigation the focus moves to the content, as it does when a browser loads a page.
    let main = NodeRef::<Main>::new();
    let location = use_location();
    Effect::new(move |before: Option<String>| {
        let here = location.pathname.get();
        if before.is_some_and(|before| before != here)
            && let Some(main) = main.get_untracked()
        {
            let _ = main.focus();
        }
        here
    });
    view! {
        <Navigation/>
        <main id="main" tabindex="-1" node_ref=main>
            {children()}
        </main>
        <ConfirmDialog/>
    }
}
