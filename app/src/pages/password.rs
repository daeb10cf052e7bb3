//! Yours. A new password. It ends every other login of its user, remembered or not.

use leptos::prelude::*;

use crate::auth::{Password, PostForm, use_form};
use crate::components::{AccountEmail, Field, FormMessage, NewPasswordField, Settings, Submit};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// Changes the password of the logged-in user. As JSON, `null`. Access tokens remain: revoke them on their own page.
///
/// # Errors
/// `WrongPassword`; `TryAgainIn` and `PasswordLocked` after several of these; the new one breaks a rule or is the same;
/// `LoginRequired` for a guest.
#[server(endpoint = "password")]
pub async fn change_password(
    /// The present one (ASVS 6.2.3).
    #[server(default)]
    current_password: Password,
    #[server(default)] password: Password,
) -> Result<(), Error> {
    use crate::auth::{AuthError, answer, auth, login_required};
    use crate::error::AppNotice;

    answer("/account/password")
        .notice(AppNotice::PasswordChanged)
        .run(async {
            login_required().await?;
            let (current, new) = (current_password.into(), password.into());
            let changed = auth()?.change_password(&current, &new).await;
            Ok(changed.map_err(|error| match error {
                // The text of `MissingPassword` belongs to the field of the new one.
                AuthError::MissingPassword => AuthError::WrongPassword,
                other => other,
            })?)
        })
        .await
}

#[component]
pub fn PasswordPage() -> Erased {
    let form = use_form::<ChangePassword>(|()| ());

    view! {
        <Settings title=text(Phrase::ChangeYourPassword)>
            <FormMessage/>
            <section class="card">
                <PostForm form reset=true>
                    <AccountEmail/>
                    <Field
                        label=text(Phrase::CurrentPassword)
                        name="current_password"
                        kind="password"
                        autocomplete="current-password"
                    />
                    <NewPasswordField label=text(Phrase::NewPassword)/>
                    <Submit text=text(Phrase::ChangePassword)/>
                </PostForm>
                <p class="aside">{text(Phrase::OtherDevicesLoggedOut)}</p>
            </section>
        </Settings>
    }
    .erased()
}
