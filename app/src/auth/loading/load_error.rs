//! Core. Why something could not be loaded.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::auth::forms::messages::{Label, error_text, label_text};
use crate::auth::guards::next::with_query;
use crate::erased::{Erased, IntoErased, reactive_text};
use crate::error::Error;
use crate::half::IS_SERVER;

/// On the server: sets the status of the page that is being rendered.
#[derive(Clone)]
pub struct PageStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

/// The reason, and, for a failure of the server, a link to the same page, loaded anew. The page's status is the error's.
#[component]
pub fn LoadError(#[prop(into)] error: Error) -> Erased {
    let location = use_location();
    if IS_SERVER && let Some(PageStatus(set)) = use_context() {
        set(error.status());
    }
    let again = (error.status() >= 500).then(|| {
        let here = reactive_text(move || {
            Some(with_query(&location.pathname.get(), &location.search.get()))
        });
        view! { <p><a href=here rel="external">{label_text(Label::TryAgain)}</a></p> }
    });
    view! {
        <div role="alert">
            <p class="message error">{reactive_text(move || Some(error_text(&error)))}</p>
            {again}
        </div>
    }
    .erased()
}
