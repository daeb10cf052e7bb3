//! Yours. A moment, in words for people and as a date for programs.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use humantime::format_rfc3339_millis;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use leptos::web_sys::js_sys::Date;

use crate::erased::{Erased, IntoErased, effect, reactive_text};
use crate::half::IS_SERVER;
use crate::language::language;

#[component]
pub fn Moment(
    /// Unix seconds.
    at: i64,
    #[prop(into)] text: Cow<'static, str>,
) -> Erased {
    // Only the browser knows the visitor's time zone.
    let hydrated = RwSignal::new(false);
    effect(move || hydrated.set(true));
    let local = reactive_text(move || hydrated.get().then(|| local_date(at)));
    view! { <time datetime=date(at) title=local>{text}</time> }.erased()
}

/// The date and the time where the visitor is, in the language of the page.
fn local_date(at: i64) -> String {
    date_of(at)
        .to_locale_string(&language(), &JsValue::UNDEFINED)
        .into()
}

fn date_of(at: i64) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let milliseconds = (at * 1000) as f64;
    Date::new(&milliseconds.into())
}

/// "2026-01-31T12:00:00.000Z". A browser needs no code of ours for it.
fn date(at: i64) -> String {
    if IS_SERVER {
        let at = UNIX_EPOCH + Duration::from_secs(at.unsigned_abs());
        format_rfc3339_millis(at).to_string()
    } else {
        date_of(at).to_iso_string().into()
    }
}
