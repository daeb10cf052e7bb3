//! Yours. After a form that sends a mail. It does not say whether one was sent: the form would tell who has an account.

use leptos::prelude::*;

use crate::auth::still;
use crate::components::{Card, icon};
use crate::erased::{Erased, IntoErased};
use crate::messages::{Phrase, server_text, text};

/// A context of the server: this is a development build, which shows its mails.
#[derive(Clone)]
pub struct MailIsShown;

#[component]
pub fn MailSentPage() -> Erased {
    view! { <Card title=text(Phrase::LookIntoYourMail)>{still("mail-sent", what_to_do)}</Card> }
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
    view! {
        {here}
        <p>{server_text("mail_sent")}</p>
        <p class="aside">{server_text("no_mail_came")}</p>
    }
    .erased()
}
