//! Core. A part of a page that does not change while the page is open, such as a list of promises. Only the server renders it: its
//! code and its texts are no part of the program that browsers download.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlTemplateElement};
use leptos_router::hooks::use_location;

use super::request::request;
use crate::auth::guards::next::with_query;
use crate::erased::{ElementRef, Erased, IntoErased};
use crate::half::{IS_SERVER, is_hydrating};

/// Shows `view`, in a `div` with this id, without reactivity: links and plain forms work in it, and nothing else does. Texts that
/// only `view` uses are not in the program; a text in `Phrase` always is.
///
/// Where the hydrated page navigates to it, it is taken from the page as the server sends it, by one more request: put all such
/// parts of a page into one, and none on a page that is not found.
pub fn still(id: &'static str, view: impl FnOnce() -> Erased) -> Erased {
    if IS_SERVER {
        return view! { <div id=id inner_html=view().to_html()></div> }.erased();
    }
    let place = ElementRef::new();
    if !is_hydrating() {
        let location = use_location();
        let path = with_query(
            &location.pathname.get_untracked(),
            &location.search.get_untracked(),
        );
        spawn_local(async move {
            let page = request(&path, None).await.ok();
            let part = page.and_then(|(_, page)| part_of(&page, id));
            // The visitor may have left the page.
            let Some(place) = place.get_untracked::<HtmlElement>() else {
                return;
            };
            match part {
                Some(part) => place.set_inner_html(&part),
                None => drop(window().location().assign(&path)),
            }
        });
    }
    view! { <div id=id node_ref=place inner_html=""></div> }.erased()
}

/// The HTML inside of the element `id`. A template loads and runs nothing of the page.
fn part_of(page: &str, id: &str) -> Option<String> {
    let template = document().create_element("template").ok()?;
    template.set_inner_html(page);
    let content = template.dyn_into::<HtmlTemplateElement>().ok()?.content();
    Some(content.get_element_by_id(id)?.inner_html())
}
