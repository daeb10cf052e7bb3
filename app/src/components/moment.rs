//! Yours. A moment, in words for people and as a date for programs.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use humantime::format_rfc3339_millis;
use leptos::prelude::*;
use leptos::web_sys::js_sys::Date;

use crate::erased::{Erased, IntoErased};
use crate::half::IS_SERVER;

#[component]
pub fn Moment(
    /// Unix seconds.
    at: i64,
    #[prop(into)] text: Cow<'static, str>,
) -> Erased {
    view! { <time datetime=date(at)>{text}</time> }.erased()
}

/// "2026-01-31T12:00:00.000Z". A browser needs no code of ours for it.
fn date(at: i64) -> String {
    if IS_SERVER {
        let at = UNIX_EPOCH + Duration::from_secs(at.unsigned_abs());
        format_rfc3339_millis(at).to_string()
    } else {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let milliseconds = (at * 1000) as f64;
        Date::new(&milliseconds.into()).to_iso_string().into()
    }
}
