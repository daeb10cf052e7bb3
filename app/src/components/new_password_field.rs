//! Yours. The input for a new password: it shows which rule is broken.

use leptos::prelude::*;
use leptos::web_sys::{FormData, HtmlInputElement};

use super::Field;
use super::field::Check;
use crate::auth::config::PASSWORD_MIN;
use crate::auth::password::rules::refusal;
use crate::auth::use_current_user;
use crate::error::Error;
use crate::messages::{Phrase, text};

#[component]
pub fn NewPasswordField(#[prop(into)] label: String) -> impl IntoView {
    let current_user = use_current_user();
    let check = Check::new(move |input: HtmlInputElement| {
        let normalise = |text: String| String::from(js_sys::JsString::from(text).normalize("NFC"));
        let password = normalise(input.value());
        // The user's own words: of the account, or of the same form.
        let mut own = typed_beside(&input);
        if let Some(user) = untrack(|| current_user.user()) {
            own.extend([user.name, user.email]);
        }
        let own: Vec<String> = own.into_iter().map(normalise).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let refusal = refusal(&password, &own).filter(|_| !password.is_empty());
        refusal.map(Error::from)
    });
    view! {
        <Field
            label
            name="password"
            kind="password"
            autocomplete="new-password"
            hint=text(Phrase::PasswordHint).into_owned()
            minlength=PASSWORD_MIN
            check
        />
    }
}

/// What is typed into the fields of the same form that a password must not be made of.
fn typed_beside(input: &HtmlInputElement) -> Vec<String> {
    let fields = input
        .form()
        .and_then(|form| FormData::new_with_form(&form).ok());
    let field = |name| fields.as_ref()?.get(name).as_string();
    ["name", "email"].into_iter().filter_map(field).collect()
}
