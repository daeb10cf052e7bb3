//! Yours. A form's button. It never waits for hydration; once hydrated, it does not send the same thing twice.

use leptos::prelude::*;

#[component]
pub fn Submit(text: &'static str, #[prop(into)] pending: Signal<bool>) -> impl IntoView {
    view! {
        <button type="submit" disabled=pending aria-busy=move || pending.get().then_some("true")>
            {text}
        </button>
    }
}
