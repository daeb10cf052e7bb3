//! Yours. The input for a new password: it shows which rule is broken.

use leptos::prelude::*;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement};

use super::Field;
use super::field::Check;
use crate::auth::config::PASSWORD_MIN;
use crate::auth::password::rules::refusal;
use crate::error::Error;

#[component]
pub fn NewPasswordField(
    label: &'static str,
    /// What is known of the user, perhaps from the same form.
    own: Callback<Option<HtmlFormElement>, Vec<String>>,
    #[prop(into)] error: Signal<Option<Error>>,
) -> impl IntoView {
    let check = Check::new(move |input: HtmlInputElement| {
        let normalise = |text: String| String::from(js_sys::JsString::from(text).normalize("NFC"));
        let password = normalise(input.value());
        let own: Vec<String> = own.run(input.form()).into_iter().map(normalise).collect();
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
            hint=format!("At least {PASSWORD_MIN} characters. A few words in a row do well.")
            minlength=PASSWORD_MIN
            check
            error
        />
    }
}
