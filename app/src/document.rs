//! Yours. The document around the app: its language, its icons, what else is in the head of every page.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::built_files::{BuiltFiles, Program, Style};
use crate::fallback::Fallback;
use crate::{App, ROOT};

/// The document of a page. `reload` are the options of `cargo leptos watch`, whose page listens for changes.
pub fn shell(files: BuiltFiles, reload: Option<LeptosOptions>) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <Look files=files.clone()/>
                {reload.map(|options| view! { <AutoReload options/> })}
                <Fallback/>
                <Program files/>
                <MetaTags/>
            </head>
            <body>
                // Not the body itself: extensions put elements of their own into it.
                <div id=ROOT><App/></div>
            </body>
        </html>
    }
}

/// What makes a page look like one of this site.
#[component]
pub fn Look(files: BuiltFiles) -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <Style files/>
    }
}
