//! The app. Compiled twice: for the server (`ssr`) and for the browser (`hydrate`).

/// Core. The login.
pub mod auth;
/// Core. Runs background jobs.
#[cfg(feature = "ssr")]
pub mod background;
/// Core. The files that the build has made.
#[cfg(feature = "ssr")]
pub mod built_files;
/// Yours. What pages share.
pub mod components;
/// Core. The database.
#[cfg(feature = "ssr")]
pub mod database;
/// Yours, to delete. How Latchkey works.
mod demo;
/// Yours. The document around the app.
#[cfg(feature = "ssr")]
pub mod document;
/// Core. Views without their type.
pub mod erased;
/// Yours. Error codes and notices.
pub mod error;
/// Core. What a page does whose program has failed.
pub mod fallback;
/// Core. Which half of the app this is.
pub mod half;
/// Yours. What the server does by itself.
#[cfg(feature = "ssr")]
pub mod jobs;
/// Core. JSON on both sides.
pub mod json;
/// Core. Texts in the language of the page.
pub mod language;
/// Core, to delete. Mail.
#[cfg(feature = "ssr")]
pub mod mail;
/// Yours. What is said to visitors.
pub mod messages;
/// Yours. One file a page; `mod.rs` has the routes, and who may open them.
pub mod pages;
/// Yours. What a visitor has chosen.
pub mod preferences;
/// Core. What every response of the site needs.
#[cfg(feature = "ssr")]
pub mod security;
/// Yours. Who a user is.
pub mod users;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::Router;

use auth::AuthContext;
use erased::{Erased, IntoErased, effect};
use messages::TEXTS;
use pages::{ACCESS, LOGIN_VIEWS, Pages};

/// The id of the element that is hydrated.
pub const ROOT: &str = "app";

#[component]
pub fn App() -> Erased {
    provide_meta_context();
    // Effects run in the browser only, after hydration: browser tests wait for this attribute.
    effect(|| {
        if let Some(html) = document().document_element() {
            let _ = html.set_attribute("data-hydrated", "");
        }
    });

    view! {
        <Router>
            <AuthContext texts=TEXTS table=ACCESS views=LOGIN_VIEWS>
                <Pages/>
            </AuthContext>
        </Router>
    }
    .erased()
}
