//! Yours. After a form that sends a mail. It does not say whether one was sent: the form would tell who has an account.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::auth::guards::next::{field_of, with_field};
use crate::auth::still;
use crate::components::{Card, icon};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, server_text, text};

/// The pages whose forms lead here: another mail can be asked for there.
const FORMS: [&str; 3] = ["/forgot", "/signup", "/account"];

/// The address of this page after the form of the page `form`.
pub fn mail_sent(form: &str) -> String {
    with_field("/mail-sent", "form", form)
}

/// A context of the server: this is a development build, which shows its mails.
#[derive(Clone)]
pub struct MailIsShown;

#[component]
pub fn MailSentPage() -> Erased {
    view! { <Card title=text(Phrase::CheckYourMail)>{still("mail-sent", what_to_do)}</Card> }
        .erased()
}

fn what_to_do() -> Erased {
    let is_here = use_context::<MailIsShown>().is_some();
    let here = is_here.then(|| {
        view! {
            <div class="message notice">
                {icon("info")}
                <p>{server_text("mailbox")} " " <a href="/dev/mailbox" rel="external">{server_text("open_mailbox")}</a></p>
            </div>
        }
    });
    let form = field_of(&use_location().search.get_untracked(), "form");
    let again = FORMS.contains(&&*form).then(|| {
        view! { <a href=form>{server_text("ask_again")}</a> }
    });
    view! {
        {here}
        <p>{server_text("mail_sent")}</p>
        <p class="aside">{server_text("no_mail_came")} " " {again}</p>
    }
    .erased()
}
