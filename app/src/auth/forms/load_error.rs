//! Core. What is shown of a resource: its value, or why it could not be loaded.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::messages::{Label, error_text, label_text};
use crate::auth::guards::next::with_query;
use crate::error::Error;

/// On the server: sets the status of the page that is being rendered.
#[derive(Clone)]
pub struct PageStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

/// The reason, and, for a failure of the server, a link to the same page, loaded anew. The page's status is the error's.
#[component]
pub fn LoadError(#[prop(into)] error: Error) -> impl IntoView {
    let location = use_location();
    if let Some(PageStatus(set)) = use_context() {
        set(error.status());
    }
    let again = (error.status() >= 500).then(|| {
        let here = move || with_query(&location.pathname.get(), &location.search.get());
        view! { <p><a href=here rel="external">{label_text(Label::TryAgain)}</a></p> }
    });
    view! {
        <div role="alert">
            <p class="message error">{move || error_text(&error)}</p>
            {again}
        </div>
    }
}

/// Shows the value of `resource` by `view`, or why it could not be loaded.
pub fn loaded<T, View>(
    resource: Resource<Result<T, Error>>,
    view: impl Fn(T) -> View + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    View: IntoView + 'static,
{
    let shown = move || {
        resource.get().map(|result| match result {
            Ok(value) => view(value).into_any(),
            Err(error) => view! { <LoadError error/> }.into_any(),
        })
    };
    view! { <Transition>{shown}</Transition> }
}
