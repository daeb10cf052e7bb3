//! Core. Type erasure: a view without its type, which components return. Leptos compiles how a view is built, hydrated and changed
//! once for each type of view that holds it. [`Erased`] is one type, so that happens once for each component.

/// The browser's.
#[cfg(not(feature = "ssr"))]
mod browser;
/// A reference to an element of any kind.
mod element;
/// The server's.
#[cfg(feature = "ssr")]
mod server;

use std::sync::{Arc, Mutex};

use leptos::children::ToChildren;
use leptos::prelude::*;
use leptos::tachys::reactive_graph::SharedReactiveFunction;

#[cfg(not(feature = "ssr"))]
pub use browser::{Erased, awaited, shown};
pub use element::ElementRef;
#[cfg(feature = "ssr")]
pub use server::{Erased, awaited, shown};

/// Each view has it.
pub trait IntoErased {
    /// The view without its type.
    fn erased(self) -> Erased;
}

/// The children of a component, without their type.
pub struct Children(Box<dyn FnOnce() -> Erased + Send>);

impl Children {
    pub fn show(self) -> Erased {
        (self.0)()
    }
}

impl<View, Show> ToChildren<Show> for Children
where
    View: IntoView + 'static,
    Show: FnOnce() -> View + Send + 'static,
{
    fn to_children(show: Show) -> Self {
        Self(Box::new(move || show().erased()))
    }
}

/// Runs `run` after hydration, and again whenever what it reads changes. In the browser only.
pub fn effect(run: impl FnMut() + 'static) {
    fn boxed(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_| run());
    }
    boxed(Box::new(run));
}

/// A text or an attribute that changes with what `text` reads. `None`: no text, or no attribute.
pub fn reactive_text(
    text: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> Signal<Option<String>> {
    Signal::derive(text)
}

/// A part of a view that changes with what `view` reads.
pub fn reactive_view(view: impl FnMut() -> Option<Erased> + Send + 'static) -> Erased {
    let view: SharedReactiveFunction<Option<Erased>> = Arc::new(Mutex::new(view));
    view.erased()
}

/// Shows `view`, again whenever what it reads changes; the last one, while what it reads is loaded.
pub fn transition(view: impl FnMut() -> Option<Erased> + Send + 'static) -> Erased {
    let view = reactive_view(view);
    view! { <Transition>{view}</Transition> }.erased()
}
