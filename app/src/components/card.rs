//! Yours. The frame of a page's content: its title, as the heading and in the browser's tab.

use std::borrow::Cow;

use leptos::prelude::*;

use super::{HEADING, PageTitle};
use crate::erased::{Children, Erased, IntoErased};

#[component]
pub fn Card(#[prop(into)] title: Cow<'static, str>, children: Children) -> Erased {
    let heading = title.clone();
    view! {
        <PageTitle text=title/>
        <section class="card">
            <h1 id=HEADING>{heading}</h1>
            {children.show()}
        </section>
    }
    .erased()
}
