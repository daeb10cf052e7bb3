//! Yours. The button of a form. It works before hydration; once hydrated, it does not send the form twice.

use leptos::prelude::*;

use super::focus::focus_new;
use crate::auth::Form;
use crate::erased::{ElementRef, Erased, IntoErased, reactive_text};

/// Inside of a `PostForm`.
#[component]
pub fn Submit(
    #[prop(into)] text: String,
    /// A button that does not stand out, as in a list.
    #[prop(optional)]
    quiet: bool,
    /// An item of a menu.
    #[prop(optional)]
    plain: bool,
    /// A button for what cannot be undone.
    #[prop(optional)]
    danger: bool,
    /// The name of the button for screen readers, where the text does not say enough.
    #[prop(optional, into)]
    label: Option<String>,
) -> Erased {
    let form = expect_context::<Form>();
    let (pending, send_again) = (form.pending(), form.send_again());
    let button = ElementRef::new();
    focus_new(button, send_again);
    let class = match (danger, quiet, plain) {
        (true, ..) => Some("danger"),
        (_, true, _) => Some("quiet"),
        (.., true) => Some("plain"),
        _ => None,
    };
    view! {
        <button
            type="submit"
            class=class
            node_ref=button
            autofocus=send_again
            aria-label=label
            disabled=pending
            aria-busy=reactive_text(move || pending.get().then(|| "true".into()))
        >
            {text}
        </button>
    }
    .erased()
}
