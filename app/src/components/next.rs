//! Yours. The hidden field that carries the page to return to.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::auth::guards::next::safe_next;

/// The page to return to: the parameter `next` of the address, if it is a page of this site, else the home page.
pub fn use_next() -> String {
    let next = use_query_map().read_untracked().get("next");
    safe_next(&next.unwrap_or_default()).to_owned()
}

#[component]
pub fn NextField(next: String) -> impl IntoView {
    view! { <input type="hidden" name="next" value=next/> }
}
