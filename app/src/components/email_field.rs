//! Yours. The input for the address that a user logs in with.

use leptos::prelude::*;

use super::Field;
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

/// Inside of a `PostForm`.
#[component]
pub fn EmailField(#[prop(default = Phrase::Email)] label: Phrase) -> Erased {
    view! { <Field label=text(label) name="email" kind="email" autocomplete="username"/> }.erased()
}
