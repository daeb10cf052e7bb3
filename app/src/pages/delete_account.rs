//! Yours. Deletes the account: the page to copy for what needs a fresh log in. Its path is in `FRESH`.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

use crate::auth::config::HOME_PATH;
use crate::auth::{AuthError, CurrentUser, action_for_user, use_current_user, use_flash};
use crate::components::{AccountNavigation, ConfirmDialog, FormMessage, Submit, form_error};

/// Deletes whoever asks, with all sessions and tokens. As JSON, the guest that the visitor is now.
///
/// # Errors
/// [`AuthError::FreshLoginRequired`]; [`AuthError::LoginRequired`] for a guest.
#[server(endpoint = "delete_account")]
pub async fn delete_account() -> Result<CurrentUser, AuthError> {
    use crate::auth::server_function::{fresh_login_required, see_other, session, turn_away};
    use crate::auth::{EventKind, Typed};
    use crate::pages::DELETE_ACCOUNT;
    use crate::users::Users;

    let users = expect_context::<Users>();
    let session = session()?;
    let result = async {
        let user = fresh_login_required().await?;
        users.delete(&user).await?;
        session.emit(EventKind::AccountDeleted, Some(&user.id));
        session.logout_user().await
    };
    match result.await {
        Ok(()) => {
            see_other(HOME_PATH);
            session.load_user().await
        }
        Err(error) => Err(turn_away(error, DELETE_ACCOUNT, Typed::default())),
    }
}

#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    let flash = use_flash();
    let delete = action_for_user::<DeleteAccount>();
    let current_user = use_current_user();
    let navigate = use_navigate();

    Effect::new(move |_| {
        if let Some(Ok(guest)) = delete.value().get() {
            navigate(HOME_PATH, leptos_router::NavigateOptions::default());
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
