//! Core: leave alone. Starts the app in the browser.

use leptos::prelude::document;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate(texts: JsValue) {
    app::language::set_texts(texts);
    std::panic::set_hook(Box::new(|panic| {
        app::fallback::fall_back(&panic.to_string());
    }));
    let root = document().get_element_by_id(app::ROOT);
    if let Some(root) = root.and_then(|root| root.dyn_into().ok()) {
        leptos::mount::hydrate_from(root, app::App).forget();
    }
}
