//! Yours. A parameter of the path.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The parameter `:name` of the page's route. Read in `load`, it loads anew when a link changes it.
pub fn use_param(name: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let params = use_params_map();
    move || params.read().get(name).unwrap_or_default()
}
