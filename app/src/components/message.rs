//! Yours. What a form as a whole has to say: good news, or an error that belongs to no single field.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::auth::{AuthError, Notice};

#[component]
pub fn Message(
    #[prop(into)] error: Signal<Option<AuthError>>,
    notice: Option<Notice>,
) -> impl IntoView {
    let whole_form = move || error.get().filter(|error| error.field().is_none());
    // The button that was pressed was disabled meanwhile, and lost the focus.
    let place = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let (Some(_), Some(place)) = (whole_form(), place.get()) {
            let _ = place.focus();
        }
    });
    view! {
        <div role="alert" tabindex="-1" node_ref=place>
            {move || whole_form().map(|error| view! { <p class="message error">{error.to_string()}</p> })}
        </div>
        <div role="status">
            {move || {
                notice
                    .filter(|_| error.get().is_none())
                    .map(|notice| view! { <p class="message">{notice.text()}</p> })
            }}
        </div>
    }
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
