//! Core. A reference to an element. Leptos' `NodeRef` is compiled again for each kind of element.

use leptos::prelude::*;
use leptos::tachys::html::element::ElementType;
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use send_wrapper::SendWrapper;

/// For the attribute `node_ref`. Copied cheaply.
#[derive(Clone, Copy)]
pub struct ElementRef(RwSignal<Option<SendWrapper<Element>>>);

impl ElementRef {
    #[expect(clippy::new_without_default, reason = "as the one of Leptos is made")]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// The element, once it is in the page. `None`, also if it is no `Kind`, or if its component is gone.
    pub fn get<Kind: JsCast>(self) -> Option<Kind> {
        self.0.try_get()??.take().dyn_into().ok()
    }

    /// The same without a subscription.
    pub fn get_untracked<Kind: JsCast>(self) -> Option<Kind> {
        self.0.try_get_untracked()??.take().dyn_into().ok()
    }

    /// Focuses the element, once it is in the page.
    pub fn focus(self) {
        if let Some(element) = self.get::<HtmlElement>() {
            let _ = element.focus();
        }
    }
}

impl<Kind: ElementType> NodeRefContainer<Kind> for ElementRef {
    fn load(self, element: &Element) {
        self.0.set(Some(SendWrapper::new(element.clone())));
    }
}
