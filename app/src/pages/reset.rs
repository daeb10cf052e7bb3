//! Yours. The page of the link that sets a new password. To look at it changes nothing; its form uses the link.

use leptos::prelude::*;

use crate::auth::{Password, use_form};
use crate::components::{Card, Checkbox, LinkForm, NewPasswordField, Submit};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// Sets a new password and ends every login of the account; with `tokens` also its access tokens. As JSON, `null`.
///
/// # Errors
/// `LinkUnusable`; the password breaks a rule, and the link can still be used; `TooManyAttempts`.
#[server(endpoint = "reset_password")]
pub async fn reset_password(
    #[server(default)] link: String,
    #[server(default)] password: Password,
    #[server(default)] tokens: String,
) -> Result<(), Error> {
    use crate::auth::config::RESET_PATH;
    use crate::auth::guards::next::with_field;
    use crate::auth::{answer, auth, login_page};
    use crate::error::AppNotice;

    answer(with_field(RESET_PATH, "link", &link))
        .typed([("tokens", &tokens)])
        .then(login_page("/"))
        .notice(AppNotice::PasswordReset)
        .run(async {
            let end_tokens = !tokens.is_empty();
            let password = password.into();
            Ok(auth()?.reset_password(&link, &password, end_tokens).await?)
        })
        .await
}

#[component]
pub fn ResetPage() -> Erased {
    let form = || use_form::<ResetPassword>(|()| ());
    view! {
        <Card title=text(Phrase::SetNewPassword)>
            <LinkForm kind="reset" form fields/>
            <p class="aside"><a href="/forgot">{text(Phrase::SendNewLink)}</a></p>
        </Card>
    }
    .erased()
}

fn fields() -> Erased {
    view! {
        <NewPasswordField label=text(Phrase::NewPassword)/>
        <Checkbox label=text(Phrase::EndTokens) name="tokens" checked=true/>
        <Submit text=text(Phrase::SetNewPassword)/>
        <p class="aside">{text(Phrase::ResetLogsOut)}</p>
    }
    .erased()
}
