//! Yours. What the pages of an account share: their list, the heading, and the place of their cards.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::icon;
use super::{HEADING, PageTitle};
use crate::erased::{Children, Erased, IntoErased, reactive_text};
use crate::messages::{Phrase, text};

/// The icon, the path and the name of each page.
const PAGES: [(&str, &str, Phrase); 5] = [
    ("user", "/account", Phrase::Profile),
    ("lock", "/account/password", Phrase::Password),
    ("devices", "/account/sessions", Phrase::Sessions),
    ("key", "/account/tokens", Phrase::AccessTokens),
    ("info", "/account/history", Phrase::History),
];

/// A page of an account. `title` is its heading, also in the browser's tab.
#[component]
pub fn Settings(#[prop(into)] title: Cow<'static, str>, children: Children) -> Erased {
    let heading = title.clone();
    let here = use_location().pathname;
    let link = move |(picture, path, name)| {
        let current = reactive_text(move || (here.get() == path).then(|| "page".into()));
        view! { <a href=path aria-current=current>{icon(picture)}{text(name)}</a> }.erased()
    };
    view! {
        <PageTitle text=title/>
        <div class="settings">
            <nav aria-label=text(Phrase::AccountNavigation)>
                {PAGES.into_iter().map(link).collect::<Vec<_>>()}
            </nav>
            <div>
                <h1 id=HEADING class="page-head">{heading}</h1>
                {children.show()}
            </div>
        </div>
    }
    .erased()
}
