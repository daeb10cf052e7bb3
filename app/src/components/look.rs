//! Yours. The head of every document: what makes a page look like one of this site.

use leptos::prelude::*;
use leptos_meta::HashedStylesheet;

#[component]
pub fn Look(options: LeptosOptions) -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <HashedStylesheet options id="leptos"/>
    }
}
