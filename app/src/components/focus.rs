//! Yours. Where the focus goes in a page that the program rendered. A page that a browser loaded has `autofocus` for it.

use std::mem;

use crate::erased::{ElementRef, effect};
use crate::half::is_hydrating;

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

/// Focuses `button` when it appears, if `wanted`. Not during hydration: the visitor may be typing elsewhere.
pub fn focus_new(button: ElementRef, wanted: bool) {
    if !wanted || is_hydrating() {
        return;
    }
    effect(move || button.focus());
}
