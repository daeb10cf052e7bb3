//! Yours. The message of a form as a whole: a notice, or an error that is about no single field.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::auth::forms::messages::{Message, Text, message_text};
use crate::error::{Error, Notice};

#[component]
pub fn FormMessage(
    #[prop(into)] error: Signal<Option<Error>>,
    #[prop(into)] notice: Signal<Option<Notice>>,
) -> impl IntoView {
    let whole_form = move || error.get().filter(|error| error.field().is_none());
    // The button was disabled while the form was sent, and lost the focus.
    let place = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let (Some(_), Some(place)) = (whole_form(), place.get()) {
            let _ = place.focus();
        }
    });
    // So did the button of a deleted row.
    let news = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |before: Option<Option<Notice>>| {
        let now = notice.get().filter(|_| error.get().is_none());
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
            {move || whole_form().map(|error| paragraph(message_text(Message::Error(&error))))}
        </div>
        <div role="status" tabindex="-1" node_ref=news>
            {move || {
                notice
                    .get()
                    .filter(|_| error.get().is_none())
                    .map(|notice| paragraph(message_text(Message::Notice(&notice))))
            }}
        </div>
    }
}

/// Nothing for an empty text.
fn paragraph(Text { text, category }: Text) -> Option<impl IntoView> {
    (!text.is_empty()).then(|| view! { <p class=format!("message {category}")>{text}</p> })
}

/// The error of a form: its action's, else the one that came with the page. None while it is being sent, so that the same error
/// is announced again.
pub fn form_error<Form>(
    action: ServerAction<Form>,
    from_page: Option<Error>,
) -> Signal<Option<Error>>
where
    Form: ServerFn<Error = Error> + Clone + Send + Sync + 'static,
    Form::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || {
        if action.pending().get() {
            return None;
        }
        match action.value().get() {
            Some(result) => result.err(),
            None => from_page.clone(),
        }
    })
}
