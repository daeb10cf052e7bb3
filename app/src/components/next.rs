//! Yours. The hidden fields of a form that stands before another page: where to return, and what was typed there.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::auth::Form;
use crate::auth::guards::next::next_of;
use crate::erased::{Erased, IntoErased};

/// The page to return to: the parameter `next` of the address, if it is a page of this site, else the home page.
pub fn use_next() -> String {
    next_of(&use_location().search.get_untracked())
}

#[component]
pub fn NextField(
    next: String,
    /// Carries along what was typed into the form there, and is filled in again. These are the fields of this form, which are not.
    #[prop(optional)]
    own: Option<&'static [&'static str]>,
) -> Erased {
    let typed = own.map(|own| expect_context::<Form>().packed(own));
    let typed = typed.filter(|typed| !typed.is_empty());
    view! {
        <input type="hidden" name="next" value=next/>
        {typed.map(|typed| view! { <input type="hidden" name="typed" value=typed/> })}
    }
    .erased()
}
