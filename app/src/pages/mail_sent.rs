//! Yours. After a form that sends a mail: the form again, with the address as it was typed, or a link to the account page if it is
//! there, and what to do. The page does not say whether a mail was sent: the form would tell who has an account.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::auth::guards::next::field_of;
use crate::auth::{PostForm, still, use_form};
use crate::components::{Card, EmailField, FormMessage, Submit};
use crate::erased::{Erased, IntoErased};
use crate::error::AppNotice;
use crate::messages::{Phrase, server_text, text};
use crate::pages::forgot::ForgotPassword;
use crate::pages::signup::StartSignup;

/// A context of the server: this is a development build, which shows its mails.
#[derive(Clone)]
pub struct MailIsShown;

#[component]
pub fn MailSentPage() -> Erased {
    let form = match &*asked_on() {
        "/forgot" => Some(use_form::<ForgotPassword>(|()| ())),
        "/signup" => Some(use_form::<StartSignup>(|()| ())),
        _ => None,
    };
    let again = form.map(|form| {
        view! {
            <PostForm form>
                <EmailField/>
                <Submit text=text(Phrase::SendNewLink) quiet=true/>
            </PostForm>
        }
    });
    view! {
        <Card title=text(Phrase::CheckYourMail)>
            <FormMessage notice=Some(AppNotice::MailSent.into())/>
            {again}
            {still("mail-sent", what_to_do)}
        </Card>
    }
    .erased()
}

/// The page whose form led here.
fn asked_on() -> String {
    field_of(&use_location().search.get_untracked(), "form")
}

fn what_to_do() -> Erased {
    let is_here = use_context::<MailIsShown>().is_some();
    let here = is_here.then(|| {
        view! {
            <p>{server_text("mailbox")} " " <a href="/dev/mailbox" rel="external">{server_text("open_mailbox")}</a></p>
        }
    });
    let to_account = (asked_on() == "/account").then(|| {
        view! { <a href="/account">{text(Phrase::SendNewLink)}</a> }
    });
    view! {
        {here}
        <p class="aside">{server_text("no_mail_came")} " " {to_account}</p>
    }
    .erased()
}
