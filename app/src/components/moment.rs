//! Yours. A moment, in words for people and as a date for programs.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use humantime::format_rfc3339_seconds;
use leptos::prelude::*;

#[component]
pub fn Moment(
    /// Unix seconds.
    at: i64,
    #[prop(into)] text: Cow<'static, str>,
) -> impl IntoView {
    let at = UNIX_EPOCH + Duration::from_secs(at.unsigned_abs());
    view! { <time datetime=format_rfc3339_seconds(at).to_string()>{text}</time> }
}
