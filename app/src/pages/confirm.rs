//! Yours. Asks for the password again, where a login is not fresh. The server function is the core's; the dialog calls it, too.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::auth::guards::next::safe_next;
use crate::auth::{AuthNotice, Confirm, Flash, action_for_user, use_flash, use_leave_flash};
use crate::components::{Field, FormMessage, Submit, form_error};
use crate::error::Notice;

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let flash = use_flash();
    let leave_flash = use_leave_flash();
    let next = use_query_map()
        .read_untracked()
        .get("next")
        .unwrap_or_default();
    let confirm = action_for_user::<Confirm>();
    let navigate = use_navigate();

    let back = safe_next(&next).to_owned();
    let typed = StoredValue::new(flash.typed.clone());
    Effect::new(move |_| {
        if confirm.value().get() == Some(Ok(())) {
            leave_flash(Flash {
                typed: typed.get_value(),
                ..Flash::default()
            });
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&back, options);
        }
    });
    let error = form_error(confirm, flash.error);

    view! {
        <Title text="Your password, please · Latchkey"/>
        <section class="card">
            <h1>"Your password, please"</h1>
            <FormMessage error notice=Some(Notice::Auth(AuthNotice::FreshLoginRequired))/>
            <ActionForm action=confirm>
                <input type="hidden" name="next" value=safe_next(&next).to_owned()/>
                <input type="hidden" name="typed" value=flash.typed.pack()/>
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    error
                />
                <Submit text="Go on" pending=confirm.pending()/>
            </ActionForm>
            <p class="aside"><a href="/account">"Back to your account"</a></p>
        </section>
    }
}
