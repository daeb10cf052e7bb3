//! Yours. Gives the password once more: the page for a log in that is not fresh, and the function that its form and
//! the dialog share.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::auth::next::safe_next;
use crate::auth::{
    AuthError, Flash, Notice, Password, action_for_user, use_flash, use_leave_flash,
};
use crate::components::{Field, FormMessage, Submit, form_error};

/// Makes the log in fresh again. As JSON, `null`.
///
/// # Errors
/// [`AuthError::WrongPassword`]; [`AuthError::LoginRequired`] for a guest.
#[server(endpoint = "confirm")]
pub async fn confirm(
    #[server(default)] password: Password,
    #[server(default)] next: String,
    /// What was typed into the form that was refused, packed: it goes back there.
    #[server(default)]
    typed: String,
) -> Result<(), AuthError> {
    use crate::auth::Typed;
    use crate::auth::config::CONFIRM_PATH;
    use crate::auth::next::login_url;
    use crate::auth::server_function::{login_required, see_other_with, session};
    use crate::pages::LOGIN_VIEWS;
    use crate::users::Users;

    let users = expect_context::<Users>();
    let session = session()?;
    let result = async {
        let user = login_required().await?;
        users
            .check_password(&session, &user, &password.into())
            .await?;
        session.confirm_login().await
    };
    let result = result.await;
    let back = Flash {
        error: result.err(),
        notice: None,
        typed: Typed::unpack(&typed),
    };
    match result {
        Ok(()) => see_other_with(safe_next(&next), back),
        Err(AuthError::LoginRequired) => see_other_with(&LOGIN_VIEWS.url(&next), back),
        Err(_) => see_other_with(&login_url(CONFIRM_PATH, &next), back),
    }
    result
}

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let flash = use_flash();
    let leave_flash = use_leave_flash();
    let next = use_query_map()
        .read_untracked()
        .get("next")
        .unwrap_or_default();
    let confirm = action_for_user::<Confirm>();
    let navigate = use_navigate();

    let back = safe_next(&next).to_owned();
    let typed = StoredValue::new(flash.typed.clone());
    Effect::new(move |_| {
        if confirm.value().get() == Some(Ok(())) {
            leave_flash(Flash {
                typed: typed.get_value(),
                ..Flash::default()
            });
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&back, options);
        }
    });
    let error = form_error(confirm, flash.error);

    view! {
        <Title text="Your password, please · Latchkey"/>
        <section class="card">
            <h1>"Your password, please"</h1>
            <FormMessage error notice=Some(Notice::FreshLoginRequired)/>
            <ActionForm action=confirm>
                <input type="hidden" name="next" value=safe_next(&next).to_owned()/>
                <input type="hidden" name="typed" value=flash.typed.pack()/>
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    error
                />
                <Submit text="Go on" pending=confirm.pending()/>
            </ActionForm>
            <p class="aside"><a href="/account">"Back to your account"</a></p>
        </section>
    }
}
