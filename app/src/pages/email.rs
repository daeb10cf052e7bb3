//! Yours. Another address for an account: asked for on the account page, confirmed by a link in the new box, stopped by a link in
//! the old one.

use leptos::prelude::*;

use crate::auth::{CurrentUser, PostForm, use_current_user, use_form};
use crate::components::{Card, EmailField, LinkForm, Submit};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};
use crate::users::User;

/// Sends a link to the new address, and one to the present address that stops the change. As JSON, `null`, also if the address is
/// another user's.
///
/// # Errors
/// `FreshLoginRequired`; `InvalidEmail`; `EmailUnchanged`; `TooManyAttempts`; `NoMail`; `LoginRequired` for a guest.
#[server(endpoint = "change_email")]
pub async fn change_email(#[server(default)] email: String) -> Result<(), Error> {
    use crate::auth::{answer, auth, fresh_login_required};
    use crate::components::mail_sent;

    answer("/account")
        .typed([("email", &email)])
        .then(mail_sent("/account"))
        .run(async {
            fresh_login_required().await?;
            Ok(auth()?.send_email_links(&email).await?)
        })
        .await
}

/// Makes the address of the link that of the logged-in user. As JSON, the user.
///
/// # Errors
/// `FreshLoginRequired`; `LinkUnusable`; `LoginRequired` for a guest.
#[server(endpoint = "confirm_email")]
pub async fn confirm_email(#[server(default)] link: String) -> Result<User, Error> {
    use crate::auth::config::NEW_EMAIL_PATH;
    use crate::auth::guards::next::with_field;
    use crate::auth::{answer, auth, fresh_login_required};
    use crate::error::AppNotice;

    answer(with_field(NEW_EMAIL_PATH, "link", &link))
        .then("/account")
        .notice(AppNotice::EmailChanged)
        .run(async {
            fresh_login_required().await?;
            Ok(auth()?.change_email(&link).await?)
        })
        .await
}

/// Stops a change of the address, or undoes it, opens the account again if it is closed, and ends its password, every login and every
/// access token. As JSON, `null`.
///
/// # Errors
/// `LinkUnusable`.
#[server(endpoint = "keep_email")]
pub async fn keep_email(#[server(default)] link: String) -> Result<(), Error> {
    use crate::auth::config::KEEP_EMAIL_PATH;
    use crate::auth::guards::next::with_field;
    use crate::auth::{answer, auth};
    use crate::error::AppNotice;

    answer(with_field(KEEP_EMAIL_PATH, "link", &link))
        .then("/forgot")
        .notice(AppNotice::EmailKept)
        .run(async { Ok(auth()?.keep_email(&link).await?) })
        .await
}

/// For the account page.
#[component]
pub fn ChangeAddress() -> Erased {
    let form = use_form::<ChangeEmail>(|()| ());
    view! {
        <section>
            <h2>{text(Phrase::ChangeAddress)}</h2>
            <p class="hint">{text(Phrase::ChangeAddressHint)}</p>
            <PostForm form>
                <EmailField label=Phrase::NewAddress/>
                <Submit text=text(Phrase::ChangeAddress) quiet=true/>
            </PostForm>
        </section>
    }
    .erased()
}

#[component]
pub fn NewEmailPage() -> Erased {
    let form = || {
        use_form::<ConfirmEmail>(|user| {
            use_current_user().set(&CurrentUser::User(user));
        })
    };
    let fields = || view! { <Submit text=text(Phrase::ConfirmAddress)/> }.erased();
    view! {
        <Card title=text(Phrase::ConfirmAddress)>
            <LinkForm kind="change_email" form fields/>
        </Card>
    }
    .erased()
}

#[component]
pub fn KeepEmailPage() -> Erased {
    let form = || use_form::<KeepEmail>(|()| ());
    let fields = || {
        view! {
            <p>{text(Phrase::KeepAddressHint)}</p>
            <Submit text=text(Phrase::KeepAddress)/>
        }
        .erased()
    };
    view! {
        <Card title=text(Phrase::KeepAddress)>
            <LinkForm kind="keep_email" form fields/>
        </Card>
    }
    .erased()
}
