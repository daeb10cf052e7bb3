//! Core. The texts that the browser has downloaded.

use std::borrow::Cow;
use std::cell::RefCell;

use leptos::prelude::document;
use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::js_sys::{Array, Intl, Object, Reflect};

thread_local! {
    static TEXTS: RefCell<JsValue> = const { RefCell::new(JsValue::NULL) };
}

/// Call once, before the page is hydrated: `{"section": {"name": "text"}}`.
pub fn set_texts(texts: JsValue) {
    TEXTS.set(texts);
}

/// The text, or its name if there is none.
pub fn find(section: &str, name: &str) -> Cow<'static, str> {
    let text = TEXTS.with_borrow(|texts| {
        let section = Reflect::get(texts, &section.into()).ok()?;
        Reflect::get(&section, &name.into()).ok()?.as_string()
    });
    text.unwrap_or_else(|| name.to_owned()).into()
}

/// CLDR's name of the plural form for `count`.
pub fn plural(count: i64) -> String {
    let html = document().document_element();
    let language = html.and_then(|html| html.get_attribute("lang"));
    let language = Array::of1(&language.unwrap_or_default().into());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let count = count as f64;
    Intl::PluralRules::new(&language, &Object::new())
        .select(count)
        .into()
}
