//! Core. On the server an erased view is Leptos' own, and a page is rendered once: nothing in it changes.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::tachys::reactive_graph::OwnedView;

use super::IntoErased;

pub type Erased = AnyView;

impl<View: IntoView + 'static> IntoErased for View {
    fn erased(self) -> Erased {
        self.into_any()
    }
}

/// Shows the outcome of `view`, once.
///
/// Without the signals and effects of a `Transition`, which finds out what a view reads by running it several times.
pub fn awaited(view: impl Future<Output = Erased> + Send + 'static) -> Erased {
    // The browser's `Transition` has a slot in the page's data.
    if let Some(context) = Owner::current_shared_context() {
        context.next_id();
    }
    let view: Pin<Box<dyn Future<Output = Erased> + Send>> = Box::pin(view);
    let owner = Owner::new();
    let view = owner.with(|| Suspend::new(view));
    OwnedView::new_with_owner(view, owner).erased()
}

/// Shows a value by `view`, once `wait` has it. In the browser it is shown again whenever it changes: `now` reads it there.
pub fn loaded<Value, Wait>(
    wait: impl FnOnce() -> Wait + Send + 'static,
    _now: impl FnMut() -> Option<Value>,
    view: impl Fn(Value) -> Erased + Send + 'static,
) -> Erased
where
    Wait: Future<Output = Value> + Send + 'static,
{
    awaited(async move {
        let value = wait().await;
        view(value)
    })
}
