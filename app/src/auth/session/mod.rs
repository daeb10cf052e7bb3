//! Core. This room knows headers, cookies and keys; no user, no database.
//!
//! [`RequestState`] is what one request brought, and the cookies its response sets. The only file that writes `Set-Cookie`.

mod access_token;
mod client;
mod cookies;
mod credentials;
mod kept;
mod remember;
mod sealing;
mod signing;
mod token;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};

pub use access_token::new_access_token;
pub use client::{address, browser};
use cookies::ReceivedCookies;
pub use cookies::{CookieOptions, Cookies};
pub use credentials::{Credentials, SessionCookie};
pub use kept::Kept;
pub use remember::{Generation, RememberCookie, RememberRow, remember_payload};
pub use sealing::SealingKeys;
pub use signing::{BadSecret, Opened, Purpose, SigningKeys};
pub use token::{Token, hash, hashed, id_of, random_id, random_token};

use super::config::REMEMBER_MAX;
use client::user_agent;

/// What one request brought, verified, and the cookies of its response. No query runs here.
pub struct RequestState {
    pub credentials: Credentials,
    pub user_agent: String,
    /// The client's address, behind trusted proxies; empty if it is unknown.
    pub address: String,
    pub headers: HeaderMap,
    /// Set by the last login with this browser: see `throttle/mod.rs`.
    pub device: Option<Opened>,
    /// When the request arrived, Unix seconds.
    arrived_at: i64,
    cookies: Cookies,
    received: ReceivedCookies,
    /// The app's own values, once read or changed.
    kept: Mutex<Option<Kept>>,
    /// By name, so that the last one set wins.
    response: Mutex<BTreeMap<String, HeaderValue>>,
}

impl RequestState {
    /// `foreign`: another site may send this request, so its cookies are ignored.
    pub fn read(
        cookies: &Cookies,
        request: &Request,
        proxies: usize,
        foreign: bool,
        now: i64,
    ) -> Self {
        let headers = request.headers();
        let received = cookies.parse(headers);
        let method = request.method();
        Self {
            credentials: Credentials::read(cookies, &received, method, headers, foreign, now),
            user_agent: user_agent(headers),
            address: address(request, proxies),
            headers: headers.clone(),
            // A device cookie that was signed with a retired secret is invalid, like every other cookie.
            device: cookies.open(Purpose::Device, &received, REMEMBER_MAX, now),
            arrived_at: now,
            cookies: cookies.clone(),
            received,
            kept: Mutex::default(),
            response: Mutex::default(),
        }
    }

    /// The payload of the cookie for `purpose`, if there is exactly one, its signature is valid and it is younger
    /// than `longest`.
    pub fn open(&self, purpose: Purpose, longest: Duration) -> Option<Opened> {
        self.cookies
            .open(purpose, &self.received, longest, self.arrived_at)
    }

    /// Whether the request can have a session: it comes from a browser, and from a page of this site.
    pub const fn has_session(&self) -> bool {
        matches!(self.credentials, Credentials::Cookies { .. })
    }

    /// The id of the session that the request's cookie names.
    pub fn session_id(&self) -> Option<&str> {
        match &self.credentials {
            Credentials::Cookies { session, .. } => session.as_ref().map(|cookie| &*cookie.id),
            _ => None,
        }
    }

    pub fn remember_cookie(&self) -> Option<&RememberCookie> {
        match &self.credentials {
            Credentials::Cookies { remember, .. } => remember.as_ref(),
            _ => None,
        }
    }

    /// Sets a cookie that ends with the browser, or after `max_age`.
    pub fn set_cookie(
        &self,
        purpose: Purpose,
        payload: &[u8],
        issued_at: i64,
        max_age: Option<Duration>,
    ) {
        let cookie = self.cookies.seal(purpose, payload, issued_at, max_age);
        let name = self.cookies.name(purpose).to_owned();
        self.response().insert(name, cookie);
    }

    /// Whether the response begins or ends a session.
    pub fn sets_session(&self) -> bool {
        self.response()
            .contains_key(self.cookies.name(Purpose::Session))
    }

    /// Whether the response sets a cookie, and the request came without any, also of others.
    pub fn sets_first_cookie(&self) -> bool {
        !self.headers.contains_key(header::COOKIE) && !self.response().is_empty()
    }

    /// Removes a cookie that the request brought, and one that was about to be set.
    pub fn clear_cookie(&self, purpose: Purpose) {
        let name = self.cookies.name(purpose);
        self.response().remove(name);
        if !self.received.values(purpose).is_empty() {
            let removal = self.cookies.removal(purpose);
            self.response().insert(name.to_owned(), removal);
        }
    }

    /// Signs cookies again that were signed with an older secret.
    pub fn rotate_signatures(&self, now: i64) {
        if let Credentials::Cookies {
            session: Some(SessionCookie { opened, .. }),
            ..
        } = &self.credentials
            && opened.needs_rotation
        {
            self.set_cookie(Purpose::Session, &opened.payload, opened.issued_at, None);
        }
        if let Some(device) = self.device.as_ref().filter(|device| device.needs_rotation) {
            self.set_cookie(Purpose::Device, &device.payload, now, Some(REMEMBER_MAX));
        }
        let kept = self.open(Purpose::Kept, REMEMBER_MAX);
        if kept.is_some_and(|kept| kept.needs_rotation) {
            self.change_kept(now, |_| {});
        }
    }

    /// Writes the response's cookies. `personal`: the response depends on the visitor; it is not for shared caches then, and
    /// neither is one that sets a cookie.
    pub fn write(&self, personal: bool, headers: &mut HeaderMap) {
        if matches!(self.credentials, Credentials::Ignored { .. }) {
            return;
        }
        let cookies = std::mem::take(&mut *self.response());
        if personal || !cookies.is_empty() {
            let private = HeaderValue::from_static("private, no-store");
            headers.insert(header::CACHE_CONTROL, private);
            headers.append(header::VARY, HeaderValue::from_static("cookie"));
        }
        if matches!(self.credentials, Credentials::Cookies { .. }) {
            for cookie in cookies.into_values() {
                headers.append(header::SET_COOKIE, cookie);
            }
        }
    }

    fn kept_values(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn response(&self) -> MutexGuard<'_, BTreeMap<String, HeaderValue>> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account that this browser has logged in to before, and the browser's own token.
    pub fn known_device(&self) -> Option<(Token, Token)> {
        let payload = self.device.as_ref()?.payload.as_slice();
        let (account, device) = payload.split_at_checked(size_of::<Token>())?;
        Some((account.try_into().ok()?, device.try_into().ok()?))
    }
}

/// The whole seconds that are left until `expires_at`.
pub fn time_left(expires_at: i64, now: i64) -> Duration {
    Duration::from_secs((expires_at - now).max(0).cast_unsigned())
}
