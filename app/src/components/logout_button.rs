//! Yours. A button that logs out and goes home, with and without JavaScript.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::auth::config::HOME_PATH;
use crate::auth::forms::messages::{Label, error_text, label_text};
use crate::auth::{Logout, action, use_current_user};

#[component]
pub fn LogoutButton() -> impl IntoView {
    let logout = action::<Logout>();
    let current_user = use_current_user();
    let navigate = use_navigate();

    Effect::new(move |_| {
        if let Some(Ok(guest)) = logout.value().get() {
            // Navigate home before clearing the user, or the guard of a closed page redirects to the login page.
            navigate(HOME_PATH, NavigateOptions::default());
            current_user.set(guest);
        }
    });

    let failure = move || logout.value().get().and_then(Result::err);

    view! {
        <ActionForm action=logout>
            <button type="submit" class="quiet" disabled=move || logout.pending().get()>
                {label_text(Label::LogOut)}
            </button>
            <span role="alert" class="problem">{move || failure().map(|error| error_text(&error))}</span>
        </ActionForm>
    }
}
