//! Yours. A choice of one in a list, with its label. An error about it is shown by the `FormMessage`.

use leptos::prelude::*;

use crate::auth::Form;
use crate::erased::{Erased, IntoErased};

/// Inside of a `PostForm`.
#[component]
pub fn Choice(
    #[prop(into)] label: String,
    name: &'static str,
    /// The value and the text of each.
    options: Vec<(i64, String)>,
    /// The one to begin with, unless another one was chosen before.
    value: i64,
) -> Erased {
    let form = expect_context::<Form>();
    let typed = form.typed(name).and_then(|typed| typed.parse().ok());
    let typed = typed.filter(|typed| options.iter().any(|(value, _)| value == typed));
    let chosen = typed.unwrap_or(value);
    let option = |(value, text): (i64, String)| {
        let selected = value == chosen;
        view! { <option value=value.to_string() selected=selected>{text}</option> }.erased()
    };
    let options = options.into_iter().map(option).collect::<Vec<_>>();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>{options}</select>
        </div>
    }
    .erased()
}
