//! Yours. The style guide, `/style-guide`: each component and each state of the style sheets, with its classes, to copy from. Only a
//! debug build has it, and only the server renders it. A class that you add to `style/` belongs here, too.

mod answers;
mod controls;
mod lists;
mod overlays;
mod pages;
mod surfaces;
mod tokens;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use leptos::prelude::*;

use super::preferences::apply_preferences;
use crate::auth::{AuthError, AuthSession};
use crate::built_files::BuiltFiles;
use crate::components::{Footer, HEADING, QuietNavigation};
use crate::document::{Look, lang_and_dir};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::title;

/// That of a page without a program. Its forms are the buttons of the theme.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// A part of the guide.
struct Part {
    id: &'static str,
    heading: &'static str,
    examples: Vec<Erased>,
}

fn parts() -> Vec<Part> {
    vec![
        tokens::colours(),
        tokens::lengths(),
        tokens::text(),
        tokens::icons(),
        controls::buttons(),
        controls::fields(),
        surfaces::cards(),
        surfaces::badges(),
        lists::rows(),
        lists::tables(),
        lists::empty(),
        answers::messages(),
        answers::waiting(),
        overlays::dialogs(),
        overlays::menus(),
        pages::frame(),
        pages::home(),
        pages::settings(),
        pages::prose(),
        pages::sheet(),
        pages::blank(),
    ]
}

/// An example below its name and what it is made of: classes, and the component that brings them.
fn example(name: &'static str, made_of: &'static str, view: impl IntoView + 'static) -> Erased {
    view! {
        <div class="specimen">
            <h3>{name}</h3>
            <p class="hint"><code>{made_of}</code></p>
            {view}
        </div>
    }
    .erased()
}

/// The page.
///
/// # Errors
/// The names of the built files cannot be read.
pub async fn style_guide(
    State(options): State<LeptosOptions>,
    auth: AuthSession,
) -> Result<([(HeaderName, &'static str); 1], Html<String>), Error> {
    let files = BuiltFiles::find(&options).map_err(|error| {
        tracing::error!(%error, "the style guide has no style sheet");
        AuthError::Unexpected
    })?;
    // The footer reads the theme from the context.
    let html = Owner::new().with(|| page(files, &auth).to_html());
    Ok(([(CONTENT_SECURITY_POLICY, POLICY)], Html(html)))
}

fn page(files: BuiltFiles, auth: &AuthSession) -> impl IntoView + use<> {
    let theme = apply_preferences(auth);
    let (lang, dir) = lang_and_dir();
    let parts = parts();
    let link = |part: &Part| view! { <a class="button quiet small" href=format!("#{}", part.id)>{part.heading}</a> };
    let links = parts.iter().map(link).collect_view();
    let part = |part: Part| {
        view! {
            <section class="part">
                <h2 id=part.id>{part.heading}</h2>
                {part.examples}
            </section>
        }
    };
    view! {
        <!DOCTYPE html>
        <html lang=lang dir=dir data-theme=theme.name()>
            <head>
                <Look files/>
                <title>{title("Style guide".into())}</title>
            </head>
            <body>
                <QuietNavigation/>
                <main id="main" tabindex="-1" lang="en" aria-labelledby=HEADING>
                    <h1 id=HEADING>"Style guide"</h1>
                    <p class="lead">
                        "What " <code>"style/"</code> " has, in each state: copy the classes, or the component that brings them. "
                        "Only a debug build has this page."
                    </p>
                    <nav class="specimen actions" aria-label="Parts of the guide">{links}</nav>
                    {parts.into_iter().map(part).collect_view()}
                </main>
                <Footer/>
            </body>
        </html>
    }
}
