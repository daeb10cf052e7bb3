//! Yours. The footer, once for all pages: links, and the choices of the language and of light or dark. Plain forms, which the
//! browser posts.

use leptos::prelude::*;

use super::icon::icon;
use crate::auth::still;
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, SITE, server_text, text};
use crate::preferences::{LanguageChoice, PREFERENCES_PATH, Theme};

#[component]
pub fn Footer() -> Erased {
    still("footer", || {
        view! {
            <footer class="site-footer">
                <nav aria-label=server_text("footer")>
                    <span>{SITE}</span>
                    <a href="/how-it-works">{text(Phrase::HowItWorks)}</a>
                </nav>
                <form method="post" action=PREFERENCES_PATH>
                    {languages()}
                    <div class="segments" role="group" aria-label=server_text("choose_theme")>
                        {Theme::ALL.map(theme).into_iter().collect_view()}
                    </div>
                </form>
            </footer>
        }
        .erased()
    })
}

/// Nothing, if there is one only.
fn languages() -> Option<Erased> {
    let languages = use_context::<Vec<LanguageChoice>>().filter(|all| all.len() > 1)?;
    let choice = |LanguageChoice { code, name, chosen }| {
        view! {
            <button name="language" value=code lang=code aria-pressed=chosen.to_string()>
                {name}
            </button>
        }
    };
    let choices = languages.into_iter().map(choice).collect_view();
    let group = view! {
        <div class="segments" role="group" aria-label=server_text("choose_language")>{choices}</div>
    };
    Some(group.erased())
}

fn theme(theme: Theme) -> Erased {
    let chosen = use_context::<Theme>().unwrap_or_default() == theme;
    let (picture, name) = match theme {
        Theme::System => ("system", "theme_system"),
        Theme::Light => ("sun", "theme_light"),
        Theme::Dark => ("moon", "theme_dark"),
    };
    view! {
        <button name="theme" value=theme.name() aria-pressed=chosen.to_string() title=server_text(name)>
            {icon(picture)}
            <span class="sr-only">{server_text(name)}</span>
        </button>
    }
    .erased()
}
