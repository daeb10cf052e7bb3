//! Core. A part of a page that is the same for every visitor and never changes, such as a list of promises. Only the server renders
//! it: its code and its texts are no part of the program that browsers download.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlElement;
use leptos_router::hooks::use_location;

use super::request::request;
use crate::erased::{ElementRef, Erased, IntoErased};
use crate::half::IS_SERVER;

/// Shows `view`, in a `div` with this id, without reactivity: links and plain forms work in it, and nothing else does. Where the
/// hydrated page navigates to it, it is taken from the page as the server sends it. A text of `view` is left out of the
/// program if no other component shows it, and `Phrase` does not name it.
pub fn still(id: &'static str, view: impl FnOnce() -> Erased) -> Erased {
    if IS_SERVER {
        return view! { <div id=id inner_html=view().to_html()></div> }.erased();
    }
    let place = ElementRef::new();
    let is_hydrating =
        Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    if !is_hydrating {
        let path = use_location().pathname.get_untracked();
        spawn_local(async move {
            let page = request(&path, None).await;
            let (Ok((_, page)), Ok(read)) = (page, document().create_element("div")) else {
                return;
            };
            read.set_inner_html(&page);
            let part = read.query_selector(&format!("#{id}")).ok().flatten();
            if let (Some(part), Some(place)) = (part, place.get_untracked::<HtmlElement>()) {
                place.set_inner_html(&part.inner_html());
            }
        });
    }
    view! { <div id=id node_ref=place inner_html=""></div> }.erased()
}
