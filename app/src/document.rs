//! Yours. The document around the app: its language, its icons, what else is in the head of every page.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::auth::AuthSession;
use crate::built_files::{BuiltFiles, Program, Style};
use crate::fallback::Fallback;
use crate::language::spoken;
use crate::messages::{Phrase, SITE, text};
use crate::pages::delete_account::DeletionGrace;
use crate::pages::mail_sent::MailIsShown;
use crate::pages::preferences::apply_preferences;
use crate::{App, ROOT};

/// The document of a page. `reload` are the options of `cargo leptos watch`, whose page listens for changes.
pub fn shell(files: BuiltFiles, reload: Option<LeptosOptions>) -> impl IntoView {
    let auth = use_context::<AuthSession>();
    let theme = auth.as_ref().map(apply_preferences).unwrap_or_default();
    let post = auth.as_ref().and_then(|auth| auth.options().post.as_ref());
    if cfg!(debug_assertions) && post.is_some_and(|post| post.folder().is_some()) {
        provide_context(MailIsShown);
    }
    if let Some(days) = auth.and_then(|auth| auth.days_to_keep()) {
        provide_context(DeletionGrace(days.into()));
    }
    let (lang, dir) = lang_and_dir();
    view! {
        <!DOCTYPE html>
        <html lang=lang dir=dir data-theme=theme.name()>
            <head>
                <Look files=files.clone()/>
                <link rel="manifest" href="/site.webmanifest"/>
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

/// The attributes of a page in the language that is spoken.
pub fn lang_and_dir() -> (Option<&'static str>, Option<&'static str>) {
    let language = spoken();
    let direction = language.and_then(|language| language.direction.as_deref());
    (language.map(|language| language.code), direction)
}

/// What makes a page look like one of this site.
#[component]
pub fn Look(files: BuiltFiles) -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="description" content=text(Phrase::Description)/>
        {open_graph("og:site_name", SITE.into())}
        {open_graph("og:type", "website".into())}
        {open_graph("og:description", text(Phrase::Description))}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
        <Style files/>
    }
}

/// What messengers show of a link: <https://ogp.me>.
fn open_graph(property: &'static str, text: Cow<'static, str>) -> impl IntoView {
    view! { <meta content=text/> }.attr("property", property)
}
