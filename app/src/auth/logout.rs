//! Core. Log out: a POST, so that no link, image or prefetch can do it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::config::HOME_PATH;
use super::messages::{Label, call, say};
use super::{AuthError, CurrentUser, use_current_user};

/// Ends the session that came with the request. Harmless for a guest. As JSON, the guest that the visitor is now.
///
/// # Errors
/// [`AuthError::Unavailable`]: the session could not be ended, and the visitor is still logged in.
#[server(endpoint = "logout")]
pub async fn logout() -> Result<CurrentUser, AuthError> {
    let session = super::server_function::session()?;
    session.logout_user().await?;
    super::server_function::see_other(HOME_PATH);
    session.load_user().await
}

/// A button that logs out and goes home, with and without JavaScript.
#[component]
pub fn LogoutButton() -> impl IntoView {
    let logout = ServerAction::<Logout>::new();
    let current_user = use_current_user();
    let navigate = use_navigate();

    Effect::new(move |_| {
        if let Some(Ok(guest)) = logout.value().get() {
            // First away, then out: the door of a closed page would send a guest to the log-in page.
            navigate(HOME_PATH, leptos_router::NavigateOptions::default());
            current_user.set(guest);
        }
    });

    let failure = move || logout.value().get().and_then(Result::err);

    view! {
        <ActionForm action=logout>
            <button type="submit" class="quiet" disabled=move || logout.pending().get()>
                {call(Label::LogOut)}
            </button>
            <span role="alert" class="problem">{move || failure().map(say)}</span>
        </ActionForm>
    }
}
