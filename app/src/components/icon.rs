//! Yours. An icon: one of those in `style/public/icons.svg`, by its id. It has the colour and the size of the text beside it.

use leptos::attr::{aria_hidden, href};
use leptos::prelude::*;

use crate::erased::{Erased, IntoErased};

/// Beside a text that says the same.
pub fn icon(name: &str) -> Erased {
    // Not as `href=..`: hydration would write such an attribute of an SVG once more.
    let (url, hidden) = (href(format!("/icons.svg#{name}")), aria_hidden("true"));
    view! { <svg class="icon" {..hidden}><use_ {..url}/></svg> }.erased()
}
