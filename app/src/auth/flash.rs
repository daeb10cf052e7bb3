//! Core. One message that survives one redirect (Flask's `flash`).
//!
//! Without JavaScript a refused form is answered with a redirect, and what was typed must come back with the
//! message. It travels in a signed cookie, never in the URL: an address is nobody's business, and a link must not
//! be able to put words on our pages. After hydration the same message is handed over in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::AuthError;
use super::config::EMAIL_MAX;

/// What of a cookie's 4 KiB is left for fields, before base64 makes it a third larger.
const COOKIE_ROOM: usize = 2500;

/// Something to say that is no error, by code.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// After a sign-up, whether the address was free or not: see `pages/signup.rs`.
    SignedUp,
    /// Why a visitor is on the log-in page ...
    LoginRequired,
    /// ... and on the one that asks for the password once more.
    FreshLoginRequired,
    PasswordChanged,
    TokenRevoked,
    SessionEnded,
}

/// The message, and the fields that come back with it. Never a password.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Flash {
    pub error: Option<AuthError>,
    pub notice: Option<Notice>,
    pub typed: Typed,
}

/// What was typed into a form, by the names of its fields.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Typed(BTreeMap<String, String>);

/// The names: a new access token may be among the values.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Typed {
    pub fn new<const N: usize>(fields: [(&str, &str); N]) -> Self {
        Self(
            fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }

    /// What was typed into the field `name`; nothing is an empty text.
    pub fn field(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// For a hidden field of a form that stands between the visitor and the form these came from.
    pub fn pack(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn unpack(packed: &str) -> Self {
        serde_json::from_str(packed).unwrap_or_default()
    }

    /// Cut to what a field may hold, and to what a cookie may: browsers drop one of over 4 KiB.
    #[must_use]
    pub fn shortened(self) -> Self {
        let shorten = |(name, value): (String, String)| {
            let value = value.chars().take(EMAIL_MAX).collect();
            (name, value)
        };
        let short = Self(self.0.into_iter().map(shorten).collect());
        if short.pack().len() > COOKIE_ROOM {
            return Self::default();
        }
        short
    }
}

/// In the browser, the message that one page leaves for the next.
#[derive(Clone, Copy)]
struct Slot(StoredValue<Option<Flash>>);

/// On the server, how a page takes the message out of the request's cookie.
#[derive(Clone)]
pub struct FlashCookie(pub Arc<dyn Fn() -> Option<Flash> + Send + Sync>);

/// Call once, in `App`.
pub fn provide_flash() {
    provide_context(Slot(StoredValue::new(None)));
}

/// The message for this page, once. Call it in the body of the page's component, on both sides.
pub fn use_flash() -> Flash {
    let left = expect_context::<Slot>()
        .0
        .try_update_value(Option::take)
        .flatten();
    left.unwrap_or_else(|| {
        let from_cookie = || use_context::<FlashCookie>().and_then(|cookie| (cookie.0)());
        SharedValue::new(from_cookie)
            .into_inner()
            .unwrap_or_default()
    })
}

/// How to leave a message for the page that comes next. Call it in a component's body, use it in its handlers.
pub fn use_leave_flash() -> impl Fn(Flash) + Copy + Send + Sync + 'static {
    let slot = expect_context::<Slot>().0;
    move |flash| slot.set_value(Some(flash))
}
