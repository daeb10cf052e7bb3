//! Yours. The place of a page's content.

use leptos::prelude::*;
use leptos::web_sys::Element;
use leptos_router::hooks::use_location;

use crate::erased::{Children, ElementRef, Erased, IntoErased, effect};
use crate::half::is_hydrating;

/// The id of a page's heading, which names its content.
pub const HEADING: &str = "heading";

/// After a navigation the content has the focus, as it has when a browser loads a page.
#[component]
pub fn Content(children: Children) -> Erased {
    let main = ElementRef::new();
    let location = use_location();
    let is_loaded = is_hydrating();
    let mut before = None;
    effect(move || {
        let here = location.pathname.get();
        // Until the element is there, nothing has been focused.
        if main.get::<Element>().is_none() {
            return;
        }
        let before = before.replace(here.clone());
        if before.map_or(!is_loaded, |before| before != here) {
            main.focus();
        }
    });
    view! {
        <main id="main" tabindex="-1" aria-labelledby=HEADING node_ref=main>
            {children.show()}
        </main>
    }
    .erased()
}
