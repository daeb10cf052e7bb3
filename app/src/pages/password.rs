//! Yours. A new password. It ends every other log in of its user, remembered or not.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::auth::{AuthError, Notice, Password, action_for_user, resource_for_user, use_flash};
use crate::components::{
    AccountNavigation, Field, FormMessage, NewPasswordField, Submit, form_error,
};

use super::account::account;

/// Changes the password of whoever asks. As JSON, `null`. Access tokens stay: revoke them on their own page.
///
/// # Errors
/// [`AuthError::WrongPassword`]; the new one breaks a rule; [`AuthError::LoginRequired`] for a guest.
#[server(endpoint = "password")]
pub async fn change_password(
    /// The one of today (ASVS 6.2.3).
    #[server(default)]
    current_password: Password,
    #[server(default)] password: Password,
) -> Result<(), AuthError> {
    use crate::auth::server_function::{login_required, see_other_with, session, turn_away};
    use crate::auth::{Flash, Typed};
    use crate::pages::CHANGE_PASSWORD;
    use crate::users::Users;

    let users = expect_context::<Users>();
    let session = session()?;
    let result = async {
        let user = login_required().await?;
        let current = current_password.into();
        let right = users.check_password(&session, &user, &current).await;
        right.map_err(|error| match error {
            // Its text belongs under the field of that name, which asks for the new one.
            AuthError::MissingPassword => AuthError::WrongPassword,
            other => other,
        })?;
        // An access token is no log in: it gets no further.
        session.confirm_login().await?;
        users
            .change_password(&session, &user, &password.into())
            .await
    };
    match result.await {
        Ok(()) => {
            let done = Flash {
                notice: Some(Notice::PasswordChanged),
                ..Flash::default()
            };
            see_other_with(CHANGE_PASSWORD, done);
            Ok(())
        }
        Err(error) => Err(turn_away(error, CHANGE_PASSWORD, Typed::default())),
    }
}

#[component]
pub fn PasswordPage() -> impl IntoView {
    let flash = use_flash();
    let change = action_for_user::<ChangePassword>();
    // For the password managers of browsers, which want to know whose password this is.
    let account = resource_for_user(account);
    let email = move || {
        account
            .get()
            .and_then(Result::ok)
            .map(|account| account.email)
    };

    let own = StoredValue::new(Vec::new());
    Effect::new(move |_| {
        if let Some(Ok(account)) = account.get() {
            own.set_value(vec![account.name, account.email]);
        }
    });
    let own = Callback::new(move |_| own.get_value());
    let error = form_error(change, flash.error);
    let changed = move || change.value().get() == Some(Ok(()));
    let notice = Signal::derive(move || {
        let here = changed().then_some(Notice::PasswordChanged);
        here.or(flash.notice)
    });
    let form = NodeRef::<leptos::html::Form>::new();
    Effect::new(move |_| {
        if let (true, Some(form)) = (changed(), form.get()) {
            form.reset();
        }
    });

    view! {
        <Title text="Change your password · Latchkey"/>
        <AccountNavigation/>
        <section class="card">
            <h1>"Change your password"</h1>
            <FormMessage error notice/>
            <ActionForm action=change node_ref=form>
                <Transition>
                    <input
                        type="email"
                        autocomplete="username"
                        value=email
                        hidden
                        readonly
                        aria-label="E-mail"
                    />
                </Transition>
                <Field
                    label="Your password"
                    name="current_password"
                    kind="password"
                    autocomplete="current-password"
                    error
                />
                <NewPasswordField label="New password" own error/>
                <Submit text="Change the password" pending=change.pending()/>
            </ActionForm>
            <p class="aside">
                "Every other device is logged out. Access tokens stay: revoke them on "
                <a href="/account/tokens">"their own page"</a> "."
            </p>
        </section>
    }
}
