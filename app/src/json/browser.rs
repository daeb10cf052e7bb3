//! Core. Reads JSON by the browser's own parser.

use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::js_sys::{Array, JSON, Object};
use serde::de::DeserializeOwned;

use super::reader::{Parsed, read};

/// `None`: `text` is not JSON of a `T`.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    read(JSON::parse(text).ok()?)
}

impl Parsed for JsValue {
    fn is_null(&self) -> bool {
        self.is_null()
    }

    fn as_bool(&self) -> Option<bool> {
        self.as_bool()
    }

    fn as_f64(&self) -> Option<f64> {
        self.as_f64()
    }

    fn as_string(&self) -> Option<String> {
        self.as_string()
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.dyn_ref::<Array>()?.to_vec())
    }

    fn pairs(&self) -> Option<Vec<(String, Self)>> {
        let pairs = Object::entries(self.dyn_ref()?);
        let pair = |pair: Self| {
            let pair = Array::from(&pair);
            Some((pair.get(0).as_string()?, pair.get(1)))
        };
        pairs.iter().map(pair).collect()
    }
}
