//! Core. What stands in the place of what could not be loaded.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::AuthError;
use super::login_required::query;
use super::messages::{Label, call, say};

/// Says why, and offers the same page once more: from the server, whatever the browser has by now.
#[component]
pub fn Failure(error: AuthError) -> impl IntoView {
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        format!("{path}{}", query(&search))
    };
    view! {
        <div role="alert">
            <p class="message error">{say(error)}</p>
            <p><a href=here rel="external">{call(Label::TryAgain)}</a></p>
        </div>
    }
}
