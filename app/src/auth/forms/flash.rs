//! Core. A message that survives one redirect (Flask's `flash`), and the values that were typed into a form.
//!
//! Without JavaScript a rejected form is answered with a redirect, and what was typed must come back with the message. It
//! travels in a signed cookie, and what is too long for one waits in the database; never in the URL: addresses are logged and
//! shared, and a link must not put words on a page. After hydration the same message is passed on in memory.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use crate::auth::config::COOKIE_ROOM;
use crate::error::{Error, Notice};
use crate::half::IS_SERVER;
use crate::json::{from_json, to_json};

/// The message, and the fields that come back with it. Never a password.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Flash {
    /// The path of the page that shows it. No other page takes it.
    pub page: String,
    pub error: Option<Error>,
    pub notice: Option<Notice>,
    pub typed: FormValues,
}

/// What was typed into a form, by the names of its fields.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct FormValues(Vec<(String, String)>);

/// In the place of a field's name: the id of the row that holds the fields, where they are too long for a cookie. Packed, the
/// first character of a reference to it, with which no JSON begins.
const STORED: &str = "#";

/// In the place of a field's name: the path of the function that refused the form.
const REFUSED_BY: &str = "!";

/// The names only: a new access token may be among the values.
impl fmt::Debug for FormValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl FromIterator<(String, String)> for FormValues {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(fields: T) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl FormValues {
    pub fn new<const N: usize>(fields: [(&str, &str); N]) -> Self {
        Self(
            fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }

    /// The value of the field `name`, if it is among these.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let field = fields.find(|(field, _)| field == name);
        field.map(|(_, value)| &**value)
    }

    /// The names of the fields.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// For a hidden field of a form that stands between the visitor and the form that these came from.
    pub fn pack(&self) -> String {
        match self.stored() {
            Some(id) => format!("{STORED}{id}"),
            None if self.0.is_empty() => String::new(),
            None => self.to_json(),
        }
    }

    pub fn unpack(packed: &str) -> Self {
        match packed.strip_prefix(STORED) {
            Some(id) if id.len() <= 64 => Self::reference(id),
            Some(_) => Self::default(),
            None => Self::from_json(packed),
        }
    }

    /// Fields in the database, which are not read yet.
    pub fn reference(id: &str) -> Self {
        Self::new([(STORED, id)])
    }

    /// The id of the row that holds the fields, if there is one.
    pub fn stored(&self) -> Option<&str> {
        self.get(STORED)
    }

    /// Of a form that waits for a login or a confirmation: the path of the function that refused it.
    pub fn refused_by(&self) -> Option<&str> {
        self.get(REFUSED_BY)
    }

    #[must_use]
    pub fn with_refused_by(mut self, path: &str) -> Self {
        if self.refused_by().is_none() {
            self.0.push((REFUSED_BY.into(), path.into()));
        }
        self
    }

    /// These, and those of `others` whose names are not among them.
    #[must_use]
    pub fn or(mut self, others: &Self) -> Self {
        for (name, value) in &others.0 {
            if self.get(name).is_none() {
                self.0.push((name.clone(), value.clone()));
            }
        }
        self
    }

    /// These without the fields `names`.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(&&**name));
        self
    }

    pub fn fits_a_cookie(&self) -> bool {
        self.to_json().len() <= COOKIE_ROOM
    }

    pub fn to_json(&self) -> String {
        to_json(self)
    }

    pub fn from_json(json: &str) -> Self {
        from_json(json).unwrap_or_default()
    }

    /// The same with the fields of the row.
    #[must_use]
    pub fn with_stored_fields(self, json: &str) -> Self {
        self.or(&Self::from_json(json))
    }
}

/// In the browser: the message that one page leaves for the next.
#[derive(Clone, Copy)]
struct Slot(StoredValue<Option<Flash>>);

/// On the server: takes the message for a page out of the request's cookie.
#[derive(Clone)]
pub struct FlashCookie(pub Arc<TakeFlash>);

type TakeFlash = dyn Fn(&str) -> Option<Flash> + Send + Sync;

/// Call once, in `App`.
pub fn provide_flash() {
    provide_context(Slot(StoredValue::new(None)));
}

/// The message for this page, once.
pub(super) fn take_flash() -> Flash {
    let page = use_location().pathname.get_untracked();
    let slot = expect_context::<Slot>().0;
    let is_for_page =
        slot.with_value(|flash| flash.as_ref().is_some_and(|flash| flash.page == page));
    if is_for_page {
        return slot
            .try_update_value(Option::take)
            .flatten()
            .unwrap_or_default();
    }
    let from_cookie = || {
        let cookie = IS_SERVER.then(use_context::<FlashCookie>).flatten();
        cookie.and_then(|FlashCookie(take)| take(&page))
    };
    let InPage(flash) = SharedValue::new_str(|| InPage(from_cookie())).into_inner();
    flash.unwrap_or_default()
}

/// A message as text, in the page's data.
struct InPage(Option<Flash>);

impl fmt::Display for InPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the server writes it into the page.
        if IS_SERVER {
            f.write_str(&to_json(&self.0))?;
        }
        Ok(())
    }
}

impl FromStr for InPage {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(from_json(text).flatten()))
    }
}

/// How to leave a message for the page that comes next.
pub(super) fn use_leave_flash() -> impl Fn(Flash) + Copy + Send + Sync + 'static {
    let slot = expect_context::<Slot>().0;
    move |flash| slot.set_value(Some(flash))
}
