//! Core. One message that survives one redirect (Flask's `flash`).
//!
//! Without JavaScript a refused form is answered with a redirect, and what was typed must come back with the
//! message. It travels in a signed cookie, never in the URL: an address is nobody's business, and a link must not
//! be able to put words on our pages. After hydration the same message is handed over in memory.

use std::sync::Arc;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::AuthError;

/// Good news, by code.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// After a sign-up, whether the address was free or not: see `pages/signup.rs`.
    SignedUp,
}

impl Notice {
    pub const fn text(self) -> &'static str {
        match self {
            Self::SignedUp => {
                "Welcome! If this address was not in use yet, your account is ready. \
                 Log in with your password."
            }
        }
    }
}

/// The message, and the fields that come back with it. Never a password.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Flash {
    pub error: Option<AuthError>,
    pub notice: Option<Notice>,
    pub name: String,
    pub email: String,
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
