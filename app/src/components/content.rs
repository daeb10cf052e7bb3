//! Yours. The place of a page's content.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::focus::is_hydrating;

/// The id of a page's heading, which names its content.
pub const HEADING: &str = "heading";

/// After a navigation the content has the focus, as it has when a browser loads a page.
#[component]
pub fn Content(children: Children) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let location = use_location();
    let is_loaded = is_hydrating();
    Effect::new(move |before: Option<Option<String>>| {
        let (before, here) = (before.flatten(), location.pathname.get());
        // Until the element is there, nothing has been focused.
        let Some(main) = main.get() else {
            return before;
        };
        if before.map_or(!is_loaded, |before| before != here) {
            let _ = main.focus();
        }
        Some(here)
    });
    view! {
        <main id="main" tabindex="-1" aria-labelledby=HEADING node_ref=main>
            {children()}
        </main>
    }
}
