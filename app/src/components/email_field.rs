//! Yours. The input for the address that a user logs in with.

use leptos::prelude::*;

use super::Field;
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, text};

/// Inside of a `PostForm`.
#[component]
pub fn EmailField() -> Erased {
    view! { <Field label=text(Phrase::Email) name="email" kind="email" autocomplete="username"/> }
        .erased()
}
