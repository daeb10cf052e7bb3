//! Yours. The button of a form. It works before hydration; once hydrated, it does not send the form twice.

use leptos::prelude::*;

#[component]
pub fn Submit(text: &'static str, #[prop(into)] pending: Signal<bool>) -> impl IntoView {
    view! {
        <button type="submit" disabled=pending aria-busy=move || pending.get().then_some("true")>
            {text}
        </button>
    }
}
