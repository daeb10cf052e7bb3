//! Yours. What a form as a whole has to say: good news, or an error that belongs to no single field.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::auth::messages::{Message, text_of};
use crate::auth::{AuthError, Notice};

#[component]
pub fn FormMessage(
    #[prop(into)] error: Signal<Option<AuthError>>,
    #[prop(into)] notice: Signal<Option<Notice>>,
) -> impl IntoView {
    let whole_form = move || error.get().filter(|error| error.field().is_none());
    // The button that was pressed was disabled meanwhile, and lost the focus.
    let place = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let (Some(_), Some(place)) = (whole_form(), place.get()) {
            let _ = place.focus();
        }
    });
    // So did the button of a row that is gone.
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
            {move || whole_form().map(|error| paragraph(Message::Error(error)))}
        </div>
        <div role="status" tabindex="-1" node_ref=news>
            {move || {
                notice
                    .get()
                    .filter(|_| error.get().is_none())
                    .map(|notice| paragraph(Message::Notice(notice)))
            }}
        </div>
    }
}

/// Nothing, if there is nothing to say.
fn paragraph(message: Message) -> Option<impl IntoView> {
    let said = text_of(message);
    (!said.text.is_empty())
        .then(|| view! { <p class=format!("message {}", said.category)>{said.text}</p> })
}

/// The error of a form: what its action was told, or else what came with the page. Nothing while it is being sent, so
/// that the same error twice is announced twice.
pub fn form_error<Form>(
    action: ServerAction<Form>,
    from_page: Option<AuthError>,
) -> Signal<Option<AuthError>>
where
    Form: ServerFn<Error = AuthError> + Clone + Send + Sync + 'static,
    Form::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || {
        if action.pending().get() {
            return None;
        }
        match action.value().get() {
            Some(result) => result.err(),
            None => from_page,
        }
    })
}
