//! Yours. Where the focus goes in a page that the program rendered. A page that a browser loaded has `autofocus` for it.

use std::mem;

use leptos::prelude::*;

use crate::erased::{ElementRef, effect};

/// Whether the component is about to be hydrated: the visitor may be typing elsewhere by now, and the focus must stay there.
pub fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// Focuses `place` whenever `wanted` becomes true, but not as the component begins: during hydration the visitor may be typing.
pub fn focus_later(place: ElementRef, wanted: impl Fn() -> bool + 'static) {
    let mut is_first = true;
    effect(move || {
        let begins = mem::take(&mut is_first);
        if wanted() && !begins {
            place.focus();
        }
    });
}

/// Focuses `button` when it appears, if `wanted`.
pub fn focus_new(button: ElementRef, wanted: bool) {
    if !wanted || is_hydrating() {
        return;
    }
    effect(move || button.focus());
}
