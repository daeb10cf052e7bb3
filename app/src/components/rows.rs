//! Yours. A list.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::erased::{Erased, IntoErased};

/// A row for each item; the text `empty`, if there is none.
pub fn rows<T, Row: IntoView + 'static>(
    items: impl IntoIterator<Item = T>,
    empty: impl Into<Cow<'static, str>>,
    row: impl Fn(T) -> Row,
) -> Erased {
    let mut items = items.into_iter().peekable();
    if items.peek().is_none() {
        return view! { <p class="aside">{empty.into()}</p> }.erased();
    }
    let rows = items
        .map(|item| view! { <li>{row(item).erased()}</li> })
        .collect::<Vec<_>>();
    view! { <ul class="rows">{rows}</ul> }.erased()
}
