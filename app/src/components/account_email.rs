//! Yours. The address of the account, for password managers: invisible, and not sent.

use leptos::prelude::*;

use crate::auth::{CurrentUser, use_current_user};
use crate::messages::{Phrase, text};

#[component]
pub fn AccountEmail() -> impl IntoView {
    let current_user = use_current_user();
    let email = move || match current_user.get() {
        Some(Ok(CurrentUser::User(user))) => user.email,
        _ => String::new(),
    };
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
}
