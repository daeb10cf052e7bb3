//! Core. The element of a form.

use leptos::context::Provider;
use leptos::prelude::*;

use super::form::{Form, ID_FIELD, MULTIPART};
use super::user_field::UserField;
use crate::erased::{Children, ElementRef, Erased, IntoErased};

/// A real POST form, which the hydrated page sends itself. The fields and buttons inside find the form by context.
#[component]
pub fn PostForm(
    form: Form,
    /// For files: `multipart/form-data`.
    #[prop(optional)]
    multipart: bool,
    /// Empties the fields after a success that stays on this page.
    #[prop(optional)]
    reset: bool,
    /// In a list: what the form is about, sent as the field `id`.
    #[prop(optional, into)]
    id: String,
    children: Children,
) -> Erased {
    let element = ElementRef::new();
    let form = form.about(&id);
    let id = (!id.is_empty()).then(|| view! { <input type="hidden" name=ID_FIELD value=id/> });
    view! {
        <form
            action=form.path()
            method="post"
            enctype=multipart.then_some(MULTIPART)
            node_ref=element
            on:submit=move |event| form.submit(&event, element, reset)
        >
            <UserField/>
            {id}
            <Provider value=form>{children.show()}</Provider>
        </form>
    }
    .erased()
}
