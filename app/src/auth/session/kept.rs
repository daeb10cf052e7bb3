//! Core. The app's own values that a browser keeps in a signed cookie.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Purpose, RequestState};
use crate::auth::config::{COOKIE_ROOM, REMEMBER_MAX};

/// Values by name.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Kept {
    pub browser: BTreeMap<String, String>,
    /// Valid for this login only.
    pub login_id: String,
    pub login: BTreeMap<String, String>,
}

impl RequestState {
    /// The values that the request brought, with the changes of this response. The cookie is opened once.
    pub fn kept(&self) -> Kept {
        let open = || {
            let opened = self.open(Purpose::Kept, REMEMBER_MAX)?;
            serde_json::from_slice(&opened.payload).ok()
        };
        let mut kept = self.kept_values();
        kept.get_or_insert_with(|| open().unwrap_or_default())
            .clone()
    }

    /// `false`: the values exceed [`COOKIE_ROOM`], and nothing is changed.
    pub fn change_kept(&self, now: i64, change: impl FnOnce(&mut Kept)) -> bool {
        let mut kept = self.kept();
        change(&mut kept);
        let payload = serde_json::to_vec(&kept).unwrap_or_default();
        if payload.len() > COOKIE_ROOM {
            return false;
        }
        self.set_cookie(Purpose::Kept, &payload, now, Some(REMEMBER_MAX));
        *self.kept_values() = Some(kept);
        true
    }

    /// Removes the values of the previous login. Called when a login begins or ends.
    pub fn end_kept_login(&self, now: i64) {
        if !self.kept().login.is_empty() {
            self.change_kept(now, |kept| kept.login.clear());
        }
    }
}
