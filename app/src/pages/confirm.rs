//! Yours. Asks for the password again, where a login is not fresh. The server function is the core's; the dialog calls it, too.

use leptos::prelude::*;

use crate::auth::{AuthNotice, Confirm, PostForm, use_form};
use crate::components::{AccountEmail, Card, Field, FormMessage, NextField, Submit, use_next};
use crate::erased::{Erased, IntoErased};
use crate::error::Notice;
use crate::messages::{Phrase, text};

#[component]
pub fn ConfirmPage() -> Erased {
    let form = use_form::<Confirm>(|()| ());

    view! {
        <Card title=text(Phrase::ConfirmYourPassword)>
            <FormMessage notice=Notice::Auth(AuthNotice::FreshLoginRequired)/>
            <PostForm form>
                <NextField next=use_next() own=&[]/>
                <AccountEmail/>
                <Field
                    label=text(Phrase::Password)
                    name="current_password"
                    kind="password"
                    autocomplete="current-password"
                />
                <Submit text=text(Phrase::Confirm)/>
            </PostForm>
            <p class="aside"><a href="/account">{text(Phrase::BackToAccount)}</a></p>
        </Card>
    }
    .erased()
}
