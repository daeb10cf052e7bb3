//! Yours. What a browser sees of a request that is refused outside of the pages: what happened, what to do, and the request's id.
//! Without script, user and query: it must work when nothing else does.

use leptos::prelude::*;

use crate::built_files::BuiltFiles;
use crate::components::QuietNavigation;
use crate::document::{Look, lang_and_dir};
use crate::messages::refused::{heading_and_hint, link, number};
use crate::messages::title;
use crate::security::refusals::Refusal;

/// The page, as HTML.
pub fn refused_page(refusal: &Refusal, files: BuiltFiles) -> String {
    let (heading, hint) = heading_and_hint(refusal);
    let (text, href) = link(&refusal.way_on);
    let (lang, dir) = lang_and_dir();
    let page = view! {
        <!DOCTYPE html>
        <html lang=lang dir=dir>
            <head>
                <Look files/>
                <title>{title(heading.clone())}</title>
            </head>
            <body>
                <QuietNavigation/>
                <main id="main" tabindex="-1">
                    <section class="blank">
                        <h1>{heading}</h1>
                        <p class="lead">{hint}</p>
                        <p class="actions"><a class="button" href=href>{text}</a></p>
                        <p class="aside">
                            {format!("{} ", number())} <code class="token">{refusal.request_id.clone()}</code>
                        </p>
                    </section>
                </main>
            </body>
        </html>
    };
    page.to_html()
}
