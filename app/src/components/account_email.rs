//! Yours. The address of the account, for password managers: invisible, and not sent.

use leptos::prelude::*;

use crate::auth::use_current_user;
use crate::erased::{Erased, IntoErased, reactive_text};
use crate::messages::{Phrase, text};

#[component]
pub fn AccountEmail() -> Erased {
    let current_user = use_current_user();
    let email = reactive_text(move || current_user.user().map(|user| user.email));
    view! {
        <input
            type="email"
            autocomplete="username"
            value=email
            hidden
            readonly
            aria-label=text(Phrase::Email)
        />
    }
    .erased()
}
