//! Yours. The input for a password that is being chosen: its rules are told while it is typed.

use leptos::prelude::*;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement};

use super::Field;
use super::field::Check;
use crate::auth::AuthError;
use crate::auth::config::PASSWORD_MIN;
use crate::auth::password_rules::refusal;

#[component]
pub fn NewPasswordField(
    label: &'static str,
    /// What is known of the user, who may be typing it into the same form.
    own: Callback<Option<HtmlFormElement>, Vec<String>>,
    #[prop(into)] error: Signal<Option<AuthError>>,
) -> impl IntoView {
    let check = Check::new(move |input: HtmlInputElement| {
        let normalise = |text: String| String::from(js_sys::JsString::from(text).normalize("NFC"));
        let password = normalise(input.value());
        let own: Vec<String> = own.run(input.form()).into_iter().map(normalise).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        refusal(&password, &own).filter(|_| !password.is_empty())
    });
    view! {
        <Field
            label
            name="password"
            kind="password"
            autocomplete="new-password"
            hint=format!("At least {PASSWORD_MIN} characters. A few words in a row do well.")
            minlength=PASSWORD_MIN
            check
            error
        />
    }
}
