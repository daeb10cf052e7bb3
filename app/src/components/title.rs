//! Yours. The title of a page in the browser's tab.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use crate::erased::effect;
use crate::half::IS_SERVER;
use crate::messages::title;

/// Each page has one; a [`Card`](super::Card) brings it. Shows nothing in the page itself.
#[component]
pub fn PageTitle(#[prop(into)] text: Cow<'static, str>) -> impl IntoView {
    let title = title(text.into_owned());
    if IS_SERVER {
        // Says it to the head, and is no part of the view.
        let _ = view! {
            <Title text=title.clone()/>
            <Meta property="og:title" content=title/>
        }
        .to_html();
    } else {
        effect(move || document().set_title(&title));
    }
}
