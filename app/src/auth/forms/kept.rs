//! Core. What a browser keeps between requests: the flash, and values of the app's own. In signed cookies: a visitor can read
//! them and not change them.

use std::collections::BTreeMap;

use super::flash::{Flash, FormValues};
use crate::auth::config::FLASH;
use crate::auth::error::AuthError;
use crate::auth::login_manager::AuthSession;
use crate::auth::session::{Kept, Purpose};

impl AuthSession {
    /// Leaves a message for the next page.
    pub async fn set_flash(&self, mut flash: Flash) {
        if !flash.typed.fits_a_cookie() {
            flash.typed = match flash.typed.stored() {
                Some(id) => FormValues::reference(id),
                None => self.store_values(&flash.typed).await,
            };
        }
        let payload = serde_json::to_vec(&flash).unwrap_or_default();
        let request = self.request();
        request.set_cookie(Purpose::Flash, &payload, self.now(), Some(FLASH));
    }

    async fn store_values(&self, values: &FormValues) -> FormValues {
        let (network, fields) = (self.network(), values.to_json());
        let stored = self
            .store()
            .store_form_values(&network, &fields, self.now());
        match stored.await {
            Ok(Some(id)) => return FormValues::reference(&id),
            Ok(None) => tracing::warn!("too many long forms are waiting: typed values are dropped"),
            Err(error) => tracing::warn!(?error, "typed values could not be stored"),
        }
        FormValues::default()
    }

    /// The message left for the page at the path `page`. It is removed from the browser.
    pub(in crate::auth) fn take_flash(&self, page: &str) -> Option<Flash> {
        let mut flash = self.flash().filter(|flash| flash.page == page)?;
        if let Some(fields) = self.form_values().get() {
            flash.typed = flash.typed.with_stored_fields(fields);
        }
        self.request().clear_cookie(Purpose::Flash);
        Some(flash)
    }

    /// Fetches the typed values that the flash refers to, if it does: a page takes its flash while it renders, where it cannot
    /// wait for a query.
    pub(in crate::auth) async fn load_form_values(&self) {
        let Some(flash) = self.flash() else {
            return;
        };
        let Some(id) = flash.typed.stored() else {
            return;
        };
        if let Ok(Some(fields)) = self.store().form_values(id, self.now()).await {
            let _ = self.form_values().set(fields);
        }
    }

    fn flash(&self) -> Option<Flash> {
        let opened = self.request().open(Purpose::Flash, FLASH)?;
        serde_json::from_slice(&opened.payload).ok()
    }

    /// Keeps a value for this browser, whether its visitor is logged in or not: a theme, a cart.
    ///
    /// # Errors
    /// [`AuthError::TooLarge`]: all values together exceed a cookie.
    pub fn keep(&self, name: &str, value: &str) -> Result<(), AuthError> {
        self.change_kept(|kept| {
            kept.browser.insert(name.to_owned(), value.to_owned());
        })
    }

    /// The value kept for this browser.
    pub fn kept(&self, name: &str) -> Option<String> {
        self.read_kept().browser.remove(name)
    }

    /// Keeps no value of this name any more.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn forget(&self, name: &str) -> Result<(), AuthError> {
        self.change_kept(|kept| {
            kept.browser.remove(name);
            kept.login.remove(name);
        })
    }

    /// Keeps a value until this login ends.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`] without a session; as [`Self::keep`]; or the database failed.
    pub async fn keep_in_session(&self, name: &str, value: &str) -> Result<(), AuthError> {
        let login_id = self.login_id().await?.ok_or(AuthError::LoginRequired)?;
        self.change_kept(|kept| {
            if kept.login_id != login_id {
                (kept.login_id, kept.login) = (login_id, BTreeMap::new());
            }
            kept.login.insert(name.to_owned(), value.to_owned());
        })
    }

    /// The value kept in this login.
    ///
    /// # Errors
    /// The database failed.
    pub async fn kept_in_session(&self, name: &str) -> Result<Option<String>, AuthError> {
        let login_id = self.login_id().await?;
        let mut kept = self.read_kept();
        Ok(kept
            .login
            .remove(name)
            .filter(|_| login_id == Some(kept.login_id)))
    }

    async fn login_id(&self) -> Result<Option<String>, AuthError> {
        let here = self.load().await?;
        Ok(here.and_then(|here| here.session).map(|row| row.login_id))
    }

    fn read_kept(&self) -> Kept {
        self.set_personal();
        self.request().kept()
    }

    fn change_kept(&self, change: impl FnOnce(&mut Kept)) -> Result<(), AuthError> {
        let changed = self.request().change_kept(self.now(), change);
        changed.then_some(()).ok_or(AuthError::TooLarge)
    }
}
