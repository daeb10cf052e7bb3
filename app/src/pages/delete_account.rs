//! Yours. Deletes the account: the page to copy for a sensitive action, which needs a fresh login.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::auth::config::HOME_PATH;
use crate::auth::{CurrentUser, action_for_user, use_current_user, use_flash};
use crate::components::{AccountNavigation, ConfirmDialog, FormMessage, Submit, form_error};
use crate::error::Error;

/// Deletes the logged-in user, with all sessions and tokens. As JSON, the guest that the visitor is now.
///
/// # Errors
/// `FreshLoginRequired`; `LoginRequired` for a guest.
#[server(endpoint = "delete_account")]
pub async fn delete_account() -> Result<CurrentUser, Error> {
    use crate::auth::{answer, auth, fresh_login_required};

    answer("/account/delete")
        .then(HOME_PATH)
        .run(async {
            fresh_login_required().await?;
            let auth = auth()?;
            auth.delete_account().await?;
            Ok(auth.load_user().await?)
        })
        .await
}

#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    let flash = use_flash();
    let delete = action_for_user::<DeleteAccount>();
    let current_user = use_current_user();
    let navigate = use_navigate();

    Effect::new(move |_| {
        if let Some(Ok(guest)) = delete.value().get() {
            navigate(HOME_PATH, NavigateOptions::default());
            current_user.set(guest);
        }
    });
    let error = form_error(delete, flash.error);

    view! {
        <Title text="Delete your account · Latchkey"/>
        <AccountNavigation/>
        <section class="card">
            <h1>"Delete your account"</h1>
            <p>"Your account, its log ins and its access tokens are gone at once, and do not come back."</p>
            <FormMessage error notice=flash.notice/>
            <ActionForm action=delete>
                <Submit text="Delete my account" pending=delete.pending()/>
            </ActionForm>
            <ConfirmDialog action=delete/>
            <p class="aside"><a href="/account">"Keep it"</a></p>
        </section>
    }
}
