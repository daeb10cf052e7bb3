//! Yours. What the pages of one-time links share.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

/// The link of the page's address; empty, if there is none.
pub fn use_link() -> String {
    let query = use_query_map();
    query.read_untracked().get("link").unwrap_or_default()
}

/// The hidden field with the link, and for password managers the address, which is not sent. Inside of a `PostForm`.
#[component]
pub fn LinkField(address: String) -> Erased {
    view! {
        <input type="hidden" name="link" value=use_link()/>
        <input type="email" autocomplete="username" value=address hidden readonly aria-label=text(Phrase::Email)/>
    }
    .erased()
}
