//! Yours. One input with its label, hint and error, tied together for every kind of reader.

use leptos::prelude::*;

use crate::auth::AuthError;
use crate::auth::messages::say;

#[component]
pub fn Field(
    label: &'static str,
    name: &'static str,
    /// The name, unless another form of the page has a field of that name.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// The input's `type`.
    kind: &'static str,
    autocomplete: &'static str,
    /// What was typed before. An attribute, so that hydration leaves alone what is being typed meanwhile.
    #[prop(optional)]
    value: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] minlength: Option<usize>,
    #[prop(optional)] autofocus: bool,
    /// The form's error. Shown here if it is about this field.
    #[prop(into)]
    error: Signal<Option<AuthError>>,
) -> impl IntoView {
    let id = id.unwrap_or(name);
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let mine = move || error.get().filter(|error| error.field() == Some(name));
    let described_by = {
        let hint = hint.is_some().then(|| hint_id.clone());
        let error_id = error_id.clone();
        move || {
            let error = mine().map(|_| error_id.clone());
            let ids: Vec<String> = [error, hint.clone()].into_iter().flatten().collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };

    // The visitor goes on where the trouble is, or begins here.
    let input = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if let (true, Some(input)) = (autofocus || mine().is_some(), input.get()) {
            let _ = input.focus();
        }
    });

    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                node_ref=input
                id=id
                name=name
                type=kind
                autocomplete=autocomplete
                autocapitalize=if kind == "text" { "words" } else { "none" }
                spellcheck="false"
                required
                value=value
                minlength=minlength
                aria-invalid=move || mine().map(|_| "true")
                aria-describedby=described_by
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="problem" id=error_id>
                {move || mine().map(say)}
            </p>
        </div>
    }
}
