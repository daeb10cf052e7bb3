//! Core. On the server an erased view is Leptos' own.

use leptos::prelude::*;

use super::IntoErased;

pub type Erased = AnyView;

impl<View: IntoView + 'static> IntoErased for View {
    fn erased(self) -> Erased {
        self.into_any()
    }
}
