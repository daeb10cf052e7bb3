//! The app. Compiled twice: for the server (`ssr`) and for the browser (`hydrate`).

/// Core. The log in.
pub mod auth;
/// Yours. What pages share.
mod components;
/// Yours. Which database there is.
#[cfg(feature = "ssr")]
pub mod database;
/// Yours. One file a page; `mod.rs` is the route table.
pub mod pages;
/// Core. What every answer of the site needs.
#[cfg(feature = "ssr")]
pub mod security;
/// Yours. Who a user is.
pub mod users;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::Router;

use auth::messages::{Texts, english, provide_texts};
use auth::{provide_current_user, provide_flash};
use pages::Pages;

/// What the log in says, in your words or languages: replace it by a function like it.
pub const TEXTS: Texts = english;

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <AutoReload options=options.clone() disable_watch=!cfg!(debug_assertions)/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_texts(TEXTS);
    provide_current_user();
    provide_flash();
    // Effects run in the browser only, after hydration: browser tests wait for this attribute.
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            let _ = html.set_attribute("data-hydrated", "");
        }
    });

    view! {
        <Router>
            <Pages/>
        </Router>
    }
}
