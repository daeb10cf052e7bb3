//! Yours. A list.

use std::borrow::Cow;

use leptos::prelude::*;

/// A row for each item; the text `empty`, if there is none.
pub fn rows<T, Row: IntoView + 'static>(
    items: impl IntoIterator<Item = T>,
    empty: impl Into<Cow<'static, str>>,
    row: impl Fn(T) -> Row,
) -> AnyView {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return view! { <p class="aside">{empty.into()}</p> }.into_any();
    }
    let rows = items
        .map(|item| view! { <li>{row(item)}</li> })
        .collect_view();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}
