//! Yours. Asks for the password over the page when a form was refused because the login is not fresh, and then sends the form
//! again. What was typed is kept. Without JavaScript the page `/confirm` does the same.

use leptos::prelude::*;
use leptos::web_sys::HtmlDialogElement;
use leptos_router::hooks::use_location;

use super::{AccountEmail, Field, FormMessage, NextField, Submit};
use crate::auth::{Confirm, PostForm, use_separate_form, use_unconfirmed};
use crate::erased::{ElementRef, Erased, IntoErased, effect, reactive_view};
use crate::messages::{Phrase, text};

/// Once, beside the pages.
#[component]
pub fn ConfirmDialog() -> Erased {
    let refused = use_unconfirmed();
    let dialog = ElementRef::new();
    effect(move || {
        if let (true, Some(dialog)) = (refused.is_waiting(), dialog.get::<HtmlDialogElement>()) {
            let _ = dialog.show_modal();
        }
    });
    // The form is created each time the dialog opens: a closed one holds no password.
    let form = reactive_view(move || {
        refused
            .is_waiting()
            .then(|| view! { <Ask dialog/> }.erased())
    });
    view! {
        <dialog
            node_ref=dialog
            aria-labelledby="confirm-title"
            on:close=move |_| refused.cancel()
        >
            {form}
        </dialog>
    }
    .erased()
}

#[component]
fn Ask(dialog: ElementRef) -> Erased {
    let refused = use_unconfirmed();
    let close = move || {
        if let Some(dialog) = dialog.get_untracked::<HtmlDialogElement>() {
            dialog.close();
        }
    };
    let form = use_separate_form::<Confirm>(move |()| {
        refused.resume();
        close();
    });
    let here = use_location().pathname.get_untracked();
    view! {
        <h2 id="confirm-title">{text(Phrase::ConfirmYourPassword)}</h2>
        <p>{text(Phrase::ConfirmReason)}</p>
        <PostForm form>
            <FormMessage/>
            <NextField next=here/>
            <AccountEmail/>
            <Field
                label=text(Phrase::CurrentPassword)
                name="current_password"
                id="confirm-password"
                kind="password"
                autocomplete="current-password"
                autofocus=true
            />
            <div class="actions">
                <Submit text=text(Phrase::Confirm)/>
                <button type="button" class="quiet" on:click=move |_| close()>
                    {text(Phrase::Cancel)}
                </button>
            </div>
        </PostForm>
    }
    .erased()
}
