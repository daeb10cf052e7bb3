//! Yours. Where the focus goes in a page that the program rendered. A page that a browser loaded has `autofocus` for it.

use leptos::html::Button;
use leptos::prelude::*;

/// Whether the component is about to be hydrated: the visitor may be typing elsewhere by now, and the focus must stay there.
pub fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// Focuses `button` when it appears, if `wanted`.
pub fn focus_new(button: NodeRef<Button>, wanted: bool) {
    if !wanted || is_hydrating() {
        return;
    }
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
}
