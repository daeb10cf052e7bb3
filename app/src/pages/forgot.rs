//! Yours. Asks for a link that sets a new password. The answer is the same whether the address has an account or not.

use leptos::prelude::*;

use crate::auth::{load, use_form};
use crate::components::{AskForLink, Card};
use crate::erased::{Erased, IntoErased};
use crate::error::Error;
use crate::messages::{Phrase, text};
use crate::pages::signup::LoadSignUpWay;

/// Sends a link to the address, if it has an account. As JSON, `null` either way.
///
/// # Errors
/// `InvalidEmail`; `TooManyAttempts`; `NoMail`.
#[server(endpoint = "forgot_password")]
pub async fn forgot_password(#[server(default)] email: String) -> Result<(), Error> {
    use crate::auth::{answer, auth};
    use crate::components::mail_sent;
    use crate::error::AppNotice;

    answer("/forgot")
        .typed([("email", &email)])
        .then(mail_sent("/forgot"))
        .notice(AppNotice::MailSent)
        .keep([("email", &email)])
        .run(async { Ok(auth()?.send_reset_link(&email).await?) })
        .await
}

#[component]
pub fn ForgotPage() -> Erased {
    let way = load(|| LoadSignUpWay {});
    let content = way.show(|way| {
        if way.has_mail {
            let form = use_form::<ForgotPassword>(|()| ());
            view! { <AskForLink form lead=Phrase::ForgotLead/> }.erased()
        } else {
            view! { <p>{text(Phrase::NoMailHint)}</p> }.erased()
        }
    });

    view! {
        <Card title=text(Phrase::ForgotPassword)>
            {content}
            <p class="aside"><a href="/login">{text(Phrase::BackToLogin)}</a></p>
        </Card>
    }
    .erased()
}
