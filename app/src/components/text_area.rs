//! Yours. A text of several lines with its label and error.

use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;

use super::focus::focus_later;
use crate::auth::Form;
use crate::auth::forms::messages::error_text;
use crate::erased::{ElementRef, Erased, IntoErased, reactive_text};

/// Inside of a `PostForm`.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    name: &'static str,
    /// Lines that are visible.
    #[prop(default = 6)]
    rows: u32,
    /// What the field is filled in with, unless something was typed before.
    #[prop(optional, into)]
    value: String,
    #[prop(optional)] required: bool,
) -> Erased {
    let form = expect_context::<Form>();
    // The element's content, so that hydration does not overwrite what is being typed.
    let value = form.typed(name).unwrap_or(value);
    let error = form.field_error(name);
    let error_id = format!("{name}-error");
    let described_by = {
        let error_id = error_id.clone();
        reactive_text(move || error.get().map(|_| error_id.clone()))
    };
    let area = ElementRef::new();
    focus_later(area, move || error.get().is_some());
    let empty = view! {
        <textarea
            node_ref=area
            id=name
            name=name
            rows=rows
            required=required
            aria-invalid=reactive_text(move || error.get().map(|_| "true".into()))
            aria-describedby=described_by
        />
    };
    // Leptos renders an empty text as a space.
    let filled = if value.is_empty() {
        empty.erased()
    } else {
        empty.into_inner().child(content(value)).erased()
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {filled}
            <p class="problem" id=error_id aria-live="polite">
                {reactive_text(move || error.get().map(|error| error_text(&error)))}
            </p>
        </div>
    }
    .erased()
}

/// The element's content. On the server Leptos does not escape it, and HTML drops a line end at its beginning.
fn content(value: String) -> String {
    if is_server() {
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;");
        format!("\n{escaped}")
    } else {
        value
    }
}
