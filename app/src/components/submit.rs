//! Yours. The button of a form. It works before hydration; once hydrated, it does not send the form twice.

use leptos::prelude::*;

use crate::auth::Form;

/// Inside of a `PostForm`.
#[component]
pub fn Submit(
    #[prop(into)] text: String,
    /// A button that does not stand out, as in a list.
    #[prop(optional)]
    quiet: bool,
    /// The name of the button for screen readers, where the text does not say enough.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let pending = expect_context::<Form>().pending();
    view! {
        <button
            type="submit"
            class:quiet=quiet
            aria-label=label
            disabled=pending
            aria-busy=move || pending.get().then_some("true")
        >
            {text}
        </button>
    }
}
