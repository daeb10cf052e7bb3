//! Yours. A text of several lines with its label and error.

use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;

use crate::auth::Form;
use crate::auth::forms::messages::error_text;

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
) -> impl IntoView {
    let form = expect_context::<Form>();
    // The element's content, so that hydration does not overwrite what is being typed.
    let value = form.typed(name).unwrap_or(value);
    let error = form.field_error(name);
    let error_id = format!("{name}-error");
    let described_by = {
        let error_id = error_id.clone();
        move || error.get().map(|_| error_id.clone())
    };
    let area = NodeRef::<leptos::html::Textarea>::new();
    // Not during hydration: the visitor may be typing.
    Effect::new(move |before: Option<()>| {
        if let (Some(_), Some(area), Some(())) = (error.get(), area.get(), before) {
            let _ = area.focus();
        }
    });
    let empty = view! {
        <textarea
            node_ref=area
            id=name
            name=name
            rows=rows
            required=required
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described_by
        />
    };
    // Leptos renders an empty text as a space.
    let filled = if value.is_empty() {
        empty.into_any()
    } else {
        empty.into_inner().child(content(value)).into_any()
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {filled}
            <p class="problem" id=error_id aria-live="polite">
                {move || error.get().map(|error| error_text(&error))}
            </p>
        </div>
    }
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
