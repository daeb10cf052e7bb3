//! Core. Which half of the app this is: `app` is compiled for the server and for the browser.

use leptos::prelude::*;

/// A constant, so that each half leaves out what only the other one needs.
pub const IS_SERVER: bool = cfg!(feature = "ssr");

/// Whether the component that is created now was in the page that the browser loaded.
pub fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// Whether `cargo leptos watch` runs the server: pages listen for changes, texts are read again, and the server stops at once to be
/// replaced. Never in a release build.
pub fn is_watched() -> bool {
    cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some()
}
