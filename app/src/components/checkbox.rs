//! Yours. A checkbox with its label. Its value is `on`; unchecked, it is not sent.

use leptos::prelude::*;

use crate::auth::Form;
use crate::erased::{Erased, IntoErased};

/// Inside of a `PostForm`.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    name: &'static str,
    /// Whether it is checked, unless the form comes back with what was chosen before.
    #[prop(optional)]
    checked: bool,
) -> Erased {
    let typed = expect_context::<Form>().typed(name);
    let checked = typed.map_or(checked, |typed| !typed.is_empty());
    view! {
        <label class="check">
            <input type="checkbox" name=name value="on" checked=checked/>
            {label}
        </label>
    }
    .erased()
}
