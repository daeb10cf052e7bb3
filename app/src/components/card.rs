//! Yours. The frame of a page's content: its title, as the heading and in the browser's tab.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_meta::Title;

use super::HEADING;

#[component]
pub fn Card(#[prop(into)] title: Cow<'static, str>, children: Children) -> impl IntoView {
    let heading = title.clone();
    view! {
        <Title text=title.into_owned()/>
        <section class="card">
            <h1 id=HEADING>{heading}</h1>
            {children()}
        </section>
    }
}
