//! Yours. A new password. It ends every other login of its user, remembered or not.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

use super::account::account;
use crate::auth::{Password, action_for_user, resource_for_user, use_flash};
use crate::components::{
    AccountNavigation, Field, FormMessage, NewPasswordField, Submit, form_error,
};
use crate::error::{AppNotice, Error, Notice};

/// Changes the password of the logged-in user. As JSON, `null`. Access tokens remain: revoke them on their own page.
///
/// # Errors
/// `WrongPassword`; the new one breaks a rule; `LoginRequired` for a guest.
#[server(endpoint = "password")]
pub async fn change_password(
    /// The present one (ASVS 6.2.3).
    #[server(default)]
    current_password: Password,
    #[server(default)] password: Password,
) -> Result<(), Error> {
    use crate::auth::{AuthError, answer, auth, login_required};

    answer("/account/password")
        .notice(AppNotice::PasswordChanged)
        .run(async {
            login_required().await?;
            let auth = auth()?;
            let checked = auth.check_password(&current_password.into()).await;
            checked.map_err(|error| match error {
                // The text of `MissingPassword` belongs to the field of the new one.
                AuthError::MissingPassword => AuthError::WrongPassword,
                other => other,
            })?;
            auth.confirm_login().await?;
            Ok(auth.change_password(&password.into()).await?)
        })
        .await
}

#[component]
pub fn PasswordPage() -> impl IntoView {
    let flash = use_flash();
    let change = action_for_user::<ChangePassword>();
    // For password managers, which need the account's address.
    let account = resource_for_user(|| (), |()| account());
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
        let here = changed().then_some(Notice::App(AppNotice::PasswordChanged));
        here.or_else(|| flash.notice.clone())
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
