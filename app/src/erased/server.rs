//! Core. On the server an erased view is Leptos' own, and what is awaited is rendered once, without a `Transition`.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::tachys::reactive_graph::OwnedView;

use super::IntoErased;

pub type Erased = AnyView;

type PinnedView = Pin<Box<dyn Future<Output = OwnedView<Erased>> + Send>>;

impl<View: IntoView + 'static> IntoErased for View {
    fn erased(self) -> Erased {
        self.into_any()
    }
}

/// Shows the outcome of `view`, once.
///
/// A `Transition` would find out what the view reads by running it several times. So all that is read inside must be awaited;
/// a `LocalResource`, and a place inside of a `Transition`, are not supported.
pub fn awaited(view: impl Future<Output = Erased> + Send + 'static) -> Erased {
    // The browser's `Transition` has a slot in the page's data.
    if let Some(context) = Owner::current_shared_context() {
        context.next_id();
    }
    let owner = Owner::new();
    let inside = owner.clone();
    // After a wait the owner of whatever page this thread has rendered last is the current one.
    let view: PinnedView = Box::pin(async move { OwnedView::new_with_owner(view.await, inside) });
    let view = owner.with(|| Suspend::new(view));
    // Keeps the owner until the page is complete.
    OwnedView::new_with_owner(view, owner).erased()
}

/// Shows a value by `view`, once `wait` has it. In the browser it is shown again whenever it changes: `now` reads it there.
pub fn shown<Value, Wait>(
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
