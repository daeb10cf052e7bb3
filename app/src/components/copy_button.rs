//! Yours. A button that copies a text. Browsers have a clipboard on https and on localhost: elsewhere, and without JavaScript, it
//! stays hidden.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::icon::icon;
use crate::erased::{Erased, IntoErased, effect, reactive_text};
use crate::messages::{Phrase, text as phrase};

#[component]
pub fn CopyButton(text: String) -> Erased {
    let (hidden, copied) = (RwSignal::new(true), RwSignal::new(false));
    effect(move || hidden.set(!window().is_secure_context()));
    let copy = move || {
        let written = window().navigator().clipboard().write_text(&text);
        spawn_local(async move { copied.set(JsFuture::from(written).await.is_ok()) });
    };
    let name = move || {
        let name = if copied.get() {
            Phrase::Copied
        } else {
            Phrase::Copy
        };
        Some(phrase(name).into_owned())
    };
    view! {
        <button type="button" class="quiet small" hidden=hidden on:click=move |_| copy()>
            {icon("copy")}
            <span aria-live="polite">{reactive_text(name)}</span>
        </button>
    }
    .erased()
}
