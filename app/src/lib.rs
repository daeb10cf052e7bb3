//! The app. Compiled twice: for the server (`ssr`) and for the browser (`hydrate`).

/// Core. The login.
pub mod auth;
/// Core. Runs background jobs.
#[cfg(feature = "ssr")]
pub mod background;
/// Yours. What pages share.
pub mod components;
/// Core. The database.
#[cfg(feature = "ssr")]
pub mod database;
/// Core. Views without their type.
pub mod erased;
/// Yours. Error codes and notices.
pub mod error;
/// Core. What a page does whose program has failed.
pub mod fallback;
/// Core. Which half of the app this is.
mod half;
/// Yours. What the server does by itself.
#[cfg(feature = "ssr")]
pub mod jobs;
/// Core. JSON on both sides.
pub mod json;
/// Yours. What is said to visitors.
pub mod messages;
/// Yours. One file a page; `mod.rs` has the routes, and who may open them.
pub mod pages;
/// Core. What every response of the site needs.
#[cfg(feature = "ssr")]
pub mod security;
/// Yours. Who a user is.
pub mod users;

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::Router;

use auth::AuthContext;
use components::Look;
use erased::{Erased, IntoErased, effect};
use fallback::Fallback;
use messages::TEXTS;
use pages::{ACCESS, LOGIN_VIEWS, Pages};

/// The id of the element that is hydrated.
pub const ROOT: &str = "app";

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Look options=options.clone()/>
                <AutoReload options=options.clone() disable_watch=!cfg!(debug_assertions)/>
                <Fallback/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                // Not the body itself: extensions put elements of their own into it.
                <div id=ROOT><App/></div>
            </body>
        </html>
    }
}

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
