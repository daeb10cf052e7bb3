//! Yours. What a form as a whole has to say: good news, or an error that belongs to no single field.

use leptos::prelude::*;

use crate::auth::{AuthError, Notice};

#[component]
pub fn Message(
    #[prop(into)] error: Signal<Option<AuthError>>,
    notice: Option<Notice>,
) -> impl IntoView {
    let whole_form = move || error.get().filter(|error| error.field().is_none());
    view! {
        <div role="alert">
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
