//! Yours. Asks for the password over the page when a call was rejected because the login is not fresh, and then repeats the
//! call. What was typed is kept. Without JavaScript the page `/confirm` does the same.

use leptos::form::ActionForm;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{Field, FormMessage, Submit, form_error};
use crate::auth::{AuthError, Confirm, action_for_user};
use crate::error::Error;

/// Put it beside the form of `action`.
#[component]
pub fn ConfirmDialog<Form>(action: ServerAction<Form>) -> impl IntoView
where
    Form: ServerFn<Error = Error> + Clone + Send + Sync + 'static,
    Form::Output: Clone + Send + Sync + 'static,
{
    let confirm = action_for_user::<Confirm>();
    let dialog = NodeRef::<Dialog>::new();
    let refused = StoredValue::new(None::<Form>);
    // The form is created each time the dialog opens: a closed one holds no password.
    let open = RwSignal::new(false);

    Effect::new(move |_| {
        if let Some(input) = action.input().get() {
            refused.set_value(Some(input));
        }
    });
    Effect::new(move |_| {
        let stale = matches!(
            action.value().get(),
            Some(Err(Error::Auth(AuthError::FreshLoginRequired)))
        );
        if stale && let Some(dialog) = dialog.get() {
            confirm.clear();
            open.set(true);
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    Effect::new(move |_| {
        if confirm.value().get() == Some(Ok(())) {
            close();
            if let Some(again) = refused.try_update_value(Option::take).flatten() {
                action.dispatch(again);
            }
        }
    });

    let error = form_error(confirm, None);
    let form = move || {
        view! {
            <h2 id="confirm-title">"Your password, please"</h2>
            <p>"It has been a while. What you are about to do needs it once more."</p>
            <FormMessage error notice=None/>
            <ActionForm action=confirm>
                <Field
                    label="Your password"
                    name="password"
                    id="confirm-password"
                    kind="password"
                    autocomplete="current-password"
                    autofocus=true
                    error
                />
                <div class="actions">
                    <Submit text="Go on" pending=confirm.pending()/>
                    <button type="button" class="quiet" on:click=move |_| close()>
                        "Cancel"
                    </button>
                </div>
            </ActionForm>
        }
    };
    view! {
        <dialog
            node_ref=dialog
            aria-labelledby="confirm-title"
            on:close=move |_| {
                open.set(false);
                // Closing the dialog cancels the call, even one whose confirmation is in flight.
                refused.set_value(None);
            }
        >
            {move || open.get().then(form)}
        </dialog>
    }
}
