//! Yours. The footer, once for all pages: links, and the choice of light or dark. A plain form, which the browser posts.

use leptos::prelude::*;

use super::icon::icon;
use crate::auth::still;
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, SITE, still as texts, text};
use crate::theme::{THEME_PATH, Theme};

#[component]
pub fn Footer() -> Erased {
    still("footer", || {
        view! {
            <footer class="site-footer">
                <nav aria-label=texts::FOOTER>
                    <span>{SITE}</span>
                    <a href="/how-it-works">{text(Phrase::HowItWorks)}</a>
                </nav>
                <form method="post" action=THEME_PATH>
                    <div class="segments" role="group" aria-label=texts::THEME>
                        {Theme::ALL.map(choice).into_iter().collect_view()}
                    </div>
                </form>
            </footer>
        }
        .erased()
    })
}

fn choice(theme: Theme) -> Erased {
    let chosen = use_context::<Theme>().unwrap_or_default() == theme;
    let picture = match theme {
        Theme::System => "system",
        Theme::Light => "sun",
        Theme::Dark => "moon",
    };
    view! {
        <button name="theme" value=theme.name() aria-pressed=chosen.to_string() title=texts::theme(theme)>
            {icon(picture)}
            <span class="sr-only">{texts::theme(theme)}</span>
        </button>
    }
    .erased()
}
