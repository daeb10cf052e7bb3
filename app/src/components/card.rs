//! Yours. A page of one card: its title, as the heading and in the browser's tab, and what belongs to it.

use std::borrow::Cow;

use leptos::prelude::*;

use super::{HEADING, PageTitle};
use crate::erased::{Children, Erased, IntoErased};

#[component]
pub fn Card(#[prop(into)] title: Cow<'static, str>, children: Children) -> Erased {
    let heading = title.clone();
    view! {
        <PageTitle text=title/>
        <section class="card sheet">
            <h1 id=HEADING>{heading}</h1>
            {children.show()}
        </section>
    }
    .erased()
}
