//! Yours. The message of a form as a whole: a notice, or an error that is about no single field.

use leptos::prelude::*;

use crate::auth::forms::messages::{Message, Text, message_text};
use crate::auth::use_form_message;
use crate::error::Notice;

#[component]
pub fn FormMessage(
    /// What is said if the page comes with no message.
    #[prop(default = None, into)]
    notice: Option<Notice>,
) -> impl IntoView {
    let (error, notice) = use_form_message(notice);
    // The button was disabled while the form was sent, and lost the focus.
    let place = NodeRef::<leptos::html::Div>::new();
    // Not during hydration: the visitor may be typing.
    Effect::new(move |before: Option<()>| {
        if let (Some(_), Some(place), Some(())) = (error.get(), place.get(), before) {
            let _ = place.focus();
        }
    });
    // So did the button of a deleted row.
    let news = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |before: Option<Option<Notice>>| {
        let now = notice.get();
        if now.is_some()
            && before.is_some_and(|before| before != now)
            && let Some(news) = news.get_untracked()
        {
            let _ = news.focus();
        }
        now
    });
    view! {
        <div role="alert" tabindex="-1" node_ref=place>
            {move || error.get().map(|error| paragraph(message_text(Message::Error(&error))))}
        </div>
        <div role="status" tabindex="-1" node_ref=news>
            {move || notice.get().map(|notice| paragraph(message_text(Message::Notice(&notice))))}
        </div>
    }
}

/// Nothing for an empty text.
fn paragraph(Text { text, category }: Text) -> Option<impl IntoView> {
    (!text.is_empty()).then(|| view! { <p class=format!("message {category}")>{text}</p> })
}
