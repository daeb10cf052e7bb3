//! Yours. A checkbox with its label. Its value is `on`; unchecked, it is not sent.

use leptos::prelude::*;

use crate::auth::Form;

/// Inside of a `PostForm`.
#[component]
pub fn Checkbox(#[prop(into)] label: String, name: &'static str) -> impl IntoView {
    let checked = !expect_context::<Form>().typed(name).is_empty();
    view! {
        <label class="check">
            <input type="checkbox" name=name value="on" checked=checked/>
            {label}
        </label>
    }
}
