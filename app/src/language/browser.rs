//! Core. The texts that the browser has downloaded.

use std::borrow::Cow;
use std::cell::RefCell;

use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::js_sys::{Array, Intl, Object, Reflect};

use super::Key;

thread_local! {
    static TEXTS: RefCell<JsValue> = const { RefCell::new(JsValue::NULL) };
}

/// Call once, before the page is hydrated.
pub fn set_texts(texts: JsValue) {
    TEXTS.set(texts);
}

/// The language tag of the texts. Not the document's, which a translator changes.
pub fn language() -> String {
    let language = TEXTS.with_borrow(|texts| Reflect::get(texts, &"language".into()));
    text(language.ok()).into()
}

/// The text; empty, if there is none.
pub fn find(section: &str, key: Key) -> Cow<'static, str> {
    text(Some(entry(section, key)))
}

/// The text for `count` things, of CLDR's plural forms.
pub fn find_form(section: &str, key: Key, count: i64) -> Cow<'static, str> {
    let language = Array::of1(&language().into());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let count = count as f64;
    let form = Intl::PluralRules::new(&language, &Object::new()).select(count);
    let forms = entry(section, key);
    // A text of another language may lack the form.
    let found = [form.into(), JsValue::from("other")].map(|form| Reflect::get(&forms, &form));
    text(found.into_iter().flatten().find(JsValue::is_string))
}

/// `undefined`, if there is none.
fn entry(section: &str, key: Key) -> JsValue {
    let key = match key {
        Key::Name(name) => name.into(),
        #[expect(clippy::cast_possible_truncation, reason = "a short list")]
        Key::Nth(_, nth) => JsValue::from(nth as u32),
    };
    let section = TEXTS.with_borrow(|texts| Reflect::get(texts, &section.into()));
    let entry = section.and_then(|section| Reflect::get(&section, &key));
    entry.unwrap_or_default()
}

fn text(text: Option<JsValue>) -> Cow<'static, str> {
    let text = text.and_then(|text| text.as_string());
    text.unwrap_or_default().into()
}
