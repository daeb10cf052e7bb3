//! Core. The message of a form as a whole.

use leptos::prelude::*;

use super::form::Form;
use super::page_forms::use_page_forms;
use crate::error::{Error, Notice};

/// The error that no single field shows, and the notice: of the form around the component, else of the page. At most one of
/// them is present. `otherwise` is the notice of a page that comes with no message.
pub fn use_form_message(
    otherwise: Option<Notice>,
) -> (Signal<Option<Error>>, Signal<Option<Notice>>) {
    let forms = use_context::<Form>().map_or_else(use_page_forms, Form::page);
    if let Some(notice) = otherwise {
        forms.show_if_empty(notice);
    }
    (
        Signal::derive(move || forms.other_error()),
        Signal::derive(move || forms.notice()),
    )
}
