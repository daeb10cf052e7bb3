//! Yours. The message of a form as a whole: a notice, or an error that is about no single field.

use leptos::prelude::*;

use super::focus::focus_later;
use super::icon::icon;
use crate::auth::forms::messages::{Message, Text, message_text};
use crate::auth::use_form_message;
use crate::erased::{ElementRef, Erased, IntoErased, effect, reactive_view};
use crate::error::Notice;

#[component]
pub fn FormMessage(
    /// What is said if the page comes with no message.
    #[prop(default = None, into)]
    notice: Option<Notice>,
) -> Erased {
    let (error, notice) = use_form_message(notice);
    // The button was disabled while the form was sent, and lost the focus.
    let place = ElementRef::new();
    focus_later(place, move || error.get().is_some());
    // So did the button of a deleted row.
    let news = ElementRef::new();
    let mut before = None;
    effect(move || {
        let now = notice.get();
        let is_new = before
            .replace(now.clone())
            .is_some_and(|before| before != now);
        if now.is_some() && is_new {
            news.focus();
        }
    });
    view! {
        <div role="alert" tabindex="-1" node_ref=place>
            {reactive_view(move || paragraph(message_text(Message::Error(&error.get()?))))}
        </div>
        <div role="status" tabindex="-1" node_ref=news>
            {reactive_view(move || paragraph(message_text(Message::Notice(&notice.get()?))))}
        </div>
    }
    .erased()
}

/// Nothing for an empty text.
fn paragraph(Text { text, category }: Text) -> Option<Erased> {
    if text.is_empty() {
        return None;
    }
    let picture = icon(if category == "error" { "error" } else { "info" });
    Some(view! { <div class=format!("message {category}")>{picture}<p>{text}</p></div> }.erased())
}
