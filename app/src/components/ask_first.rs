//! Yours. The button of a form that cannot be undone: it asks first. The dialog is a popover, which browsers open and close
//! without JavaScript, too.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;

use super::Submit;
use super::focus::focus_new;
use crate::auth::Form;
use crate::erased::{ElementRef, Erased, IntoErased, effect};
use crate::messages::{self, Phrase};

/// Inside of a `PostForm`, in place of a `Submit`.
#[component]
pub fn AskFirst(
    /// Of the button, and of the one in the dialog.
    #[prop(into)]
    text: String,
    #[prop(into)] question: String,
    /// The id of the dialog: another one for each on the page.
    #[prop(into)]
    id: String,
    /// The name of the button for screen readers, where the text does not say enough.
    #[prop(optional, into)]
    label: Option<String>,
) -> Erased {
    let form = expect_context::<Form>();
    let (pending, send_again) = (form.pending(), form.send_again());
    let dialog = ElementRef::new();
    effect(move || {
        if let (true, Some(dialog)) = (pending.get(), dialog.get::<HtmlDialogElement>()) {
            let _ = dialog.hide_popover();
        }
    });
    let button = ElementRef::new();
    focus_new(button, send_again);
    let question_id = format!("{id}-question");

    view! {
        <button
            type="button"
            class="danger quiet"
            node_ref=button
            popovertarget=id.clone()
            aria-label=label
            autofocus=send_again
        >
            {text.clone()}
        </button>
        <dialog node_ref=dialog id=id popover="auto" aria-labelledby=question_id>
            <p id=question_id.clone()>{question}</p>
            <div class="actions">
                // First: the dialog begins here, and Tab leads to the other button.
                <button type="button" class="quiet" popovertarget=id.clone() popovertargetaction="hide" autofocus=true>
                    {messages::text(Phrase::Cancel)}
                </button>
                <Provider value=form.without_focus()>
                    <Submit text danger=true/>
                </Provider>
            </div>
        </dialog>
    }.erased()
}
