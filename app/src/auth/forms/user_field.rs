//! Core. The field of a form that names the user to whom the page showed it: another tab may log in another user.

use leptos::prelude::*;

use crate::auth::config::USER_FIELD;
use crate::auth::current_user::use_current_user;
use crate::erased::{Erased, IntoErased, reactive_text};

/// Empty for a guest, and on a public page while the user is not loaded: the form is then for any user. The element is there in
/// any case, and no `Suspense` is, whose number in the page's data would depend on when the user is loaded.
#[component]
pub fn UserField() -> Erased {
    let current_user = use_current_user();
    let id = reactive_text(move || {
        let user = current_user.user();
        Some(user.map(|user| user.id).unwrap_or_default())
    });
    view! { <input type="hidden" name=USER_FIELD value=id/> }.erased()
}
