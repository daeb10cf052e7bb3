//! Core. A form that was refused because the login is not fresh: it is sent again once the password is confirmed in a dialog.

use leptos::prelude::*;
use leptos::web_sys::HtmlFormElement;

use crate::erased::ElementRef;

/// The form that waits until the password is confirmed.
#[derive(Clone, Copy)]
pub struct Unconfirmed(RwSignal<Option<ElementRef>>);

/// Call once, in `App`.
pub fn provide_unconfirmed() {
    provide_context(Unconfirmed(RwSignal::new(None)));
}

/// For the dialog.
pub fn use_unconfirmed() -> Unconfirmed {
    expect_context()
}

impl Unconfirmed {
    pub(super) fn wait(self, element: ElementRef) {
        self.0.set(Some(element));
    }

    pub fn is_waiting(self) -> bool {
        self.0.with(Option::is_some)
    }

    pub fn cancel(self) {
        self.0.set(None);
    }

    /// Sends the form again.
    pub fn resume(self) {
        let element = self.0.try_update(Option::take).flatten();
        if let Some(element) = element.and_then(ElementRef::get_untracked::<HtmlFormElement>) {
            let _ = element.request_submit();
        }
    }
}
