//! Yours. One input with its label, hint and error, tied together for every kind of reader.

use leptos::ev::Event;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlInputElement, KeyboardEvent};

use super::focus::focus_later;
use crate::auth::forms::messages::error_text;
use crate::auth::{Form, check_fields};
use crate::erased::{ElementRef, Erased, IntoErased, effect, reactive_text};
use crate::error::Error;
use crate::messages::{Phrase, text};

/// Inside of a `PostForm`.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    name: &'static str,
    /// The name, unless another form of the page has a field of that name.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// The input's `type`.
    kind: &'static str,
    autocomplete: &'static str,
    /// What the field is filled in with, unless something was typed before.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] hint: Option<String>,
    /// `false`: it may stay empty.
    #[prop(default = true)]
    required: bool,
    #[prop(optional)] minlength: Option<usize>,
    /// The limits of a number.
    #[prop(optional)]
    min: Option<i64>,
    #[prop(optional)] max: Option<i64>,
    #[prop(optional)] autofocus: bool,
    /// The path of a server function that is called with the fields of the form when the visitor leaves the input. Its error about
    /// this field is shown.
    #[prop(optional, into)]
    check: Option<&'static str>,
) -> Erased {
    let form = expect_context::<Form>();
    // An attribute, so that hydration does not overwrite what is being typed.
    let value = form.typed(name).unwrap_or(value);
    let told = form.field_error(name);
    let id = id.unwrap_or(name);
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    // What `check` said, until the form is answered.
    let found = RwSignal::new(None::<Option<Error>>);
    let length = RwSignal::new(String::new());
    let mine = move || found.get().unwrap_or_else(|| told.get());
    let described_by = {
        let hint = hint.is_some().then(|| hint_id.clone());
        let error_id = error_id.clone();
        reactive_text(move || {
            let error = mine().map(|_| error_id.clone());
            match (error, hint.clone()) {
                (Some(error), Some(hint)) => Some(format!("{error} {hint}")),
                (error, hint) => error.or(hint),
            }
        })
    };

    // The focus moves to the field with the error, or to the one to begin with.
    let input = ElementRef::new();
    focus_later(input, move || told.get().is_some());
    effect(move || {
        let is_right = told.get().is_none();
        found.set(None);
        // The form may have been emptied.
        if is_right {
            length.set(String::new());
        }
        if autofocus {
            input.focus();
        }
    });
    let look = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let value = input.value();
        let (Some(path), Some(form), false) = (check, input.form(), value.is_empty()) else {
            return;
        };
        spawn_local(async move {
            let error = check_fields(path, &form).await;
            if input.value() == value {
                found.try_set(Some(error.filter(|error| error.field() == Some(name))));
            }
        });
    };
    // Clear the error on input, not on blur: on blur the layout shift makes a click on the button miss.
    let forget = move || {
        if check.is_some() && untrack(mine).is_some() {
            found.set(Some(None));
        }
    };
    let secret = kind == "password";
    let caps_lock = RwSignal::new(false);
    let notice_caps = move |event: Event| {
        // A password manager sends events that are called so, and have no keys.
        let is_on = |key: &KeyboardEvent| secret && key.get_modifier_state("CapsLock");
        caps_lock.set(event.dyn_ref().is_some_and(is_on));
    };
    let revealed = RwSignal::new(false);
    let typed = move |event: Event| {
        forget();
        if let Some(minlength) = minlength {
            length.set(share(&event_target(&event), minlength));
        }
    };

    view! {
        <div class="field">
            <label for=id>{label.clone()}</label>
            <div class="input">
                <input
                    node_ref=input
                    id=id
                    name=name
                    type=reactive_text(move || Some(if revealed.get() { "text" } else { kind }.into()))
                    autocomplete=autocomplete
                    autocapitalize=if kind == "text" { "words" } else { "none" }
                    spellcheck="false"
                    required=required
                    value=value
                    minlength=minlength
                    min=min
                    max=max
                    aria-invalid=reactive_text(move || mine().map(|_| "true".into()))
                    aria-describedby=described_by
                    on:change=look
                    on:input=typed
                    on:keyup=move |event| notice_caps(event.into())
                />
                {secret.then(|| view! { <Reveal label revealed/> })}
            </div>
            {hint.map(|hint| view! {
                <p class="hint" id=hint_id>{hint} " " {reactive_text(move || Some(length.get()))}</p>
            })}
            <p class="hint caps" aria-live="polite">
                {reactive_text(move || caps_lock.get().then(|| text(Phrase::CapsLock).into()))}
            </p>
            <p class="problem" id=error_id aria-live="polite">
                {reactive_text(move || mine().map(|error| error_text(&error)))}
            </p>
        </div>
    }.erased()
}

/// How much of its least length a text has: "12 / 15".
fn share(input: &HtmlInputElement, minlength: usize) -> String {
    format!("{} / {minlength}", input.value().chars().count())
}

/// Shows a password while it is typed (ASVS 6.2.6), and no longer once it is sent. Hidden without JavaScript, disabled until hydration.
#[component]
fn Reveal(label: String, revealed: RwSignal<bool>) -> Erased {
    let waits = RwSignal::new(true);
    effect(move || waits.set(false));
    let pending = expect_context::<Form>().pending();
    effect(move || {
        if pending.get() {
            revealed.set(false);
        }
    });
    let verb = move || {
        text(if revealed.get() {
            Phrase::Hide
        } else {
            Phrase::Show
        })
    };
    view! {
        <button
            type="button"
            class="reveal plain"
            aria-label=reactive_text(move || Some(format!("{}: {label}", verb())))
            disabled=waits
            on:click=move |_| revealed.update(|revealed| *revealed = !*revealed)
        >
            {reactive_text(move || Some(verb().into()))}
        </button>
    }
    .erased()
}
