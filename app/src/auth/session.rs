//! Core. The cookie layer: what one request brought, and what its answer takes back.
//! The only file that writes `Set-Cookie`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::client::{address, user_agent};
use super::config::{FLASH, REMEMBER_MAX};
use super::credentials::{Credentials, SessionCookie, is_current};
use super::guard::{refuse_as, wants_html};
use super::remember::RememberCookie;
use super::signing::{Opened, Purpose};
use super::{AuthError, Event, EventKind, Flash, Loaded, LoginManager};

/// What one request knows of its session. Cheap to clone; nothing is loaded until somebody asks.
#[derive(Clone)]
pub struct Session(pub(super) Arc<Visit>);

/// Behind the handle.
pub(super) struct Visit {
    pub manager: LoginManager,
    pub credentials: Credentials,
    /// Who is there, once somebody asked; shared by all who ask meanwhile.
    pub loaded: tokio::sync::Mutex<Option<Result<Option<Loaded>, AuthError>>>,
    pub asked: AtomicBool,
    pub refused: AtomicBool,
    pub user_agent: String,
    pub address: String,
    pub headers: HeaderMap,
    flash: Option<Flash>,
    /// What this browser was given when it logged in: see `throttle.rs`.
    pub(super) device: Option<Opened>,
    /// The cookies that go out with the answer, by name: the last word counts.
    answer: Mutex<BTreeMap<String, HeaderValue>>,
}

/// The layer. Verifies signatures and nothing else: no query runs here.
pub async fn read_and_write_cookies(
    State(manager): State<LoginManager>,
    mut request: Request,
    next: Next,
) -> Response {
    let session = Session::read(manager, &request);
    request.extensions_mut().insert(session.clone());
    let html = wants_html(request.uri(), request.headers());
    let mut response = next.run(request).await;
    if session.0.refused.load(Ordering::Acquire) {
        // Whatever was rendered for nobody meanwhile: the sender claimed to be somebody.
        response = refuse_as(AuthError::InvalidToken, session.texts(), html);
    }
    session.write(response.headers_mut());
    response
}

impl Session {
    fn read(manager: LoginManager, request: &Request) -> Self {
        let headers = request.headers();
        let open = |purpose, longest| {
            let sealed = manager.cookies().one(purpose, headers)?;
            let opened = manager.keys().open(purpose, &sealed);
            opened.filter(|opened| is_current(opened, manager.now(), longest))
        };
        let flash = open(Purpose::Flash, FLASH)
            .and_then(|opened| serde_json::from_slice(&opened.payload).ok());
        // One that does not open logs nobody in: it has outlived the secret it was signed with.
        let device = open(Purpose::Device, REMEMBER_MAX);
        Self(Arc::new(Visit {
            address: address(request, manager.options().proxies),
            credentials: Credentials::read(&manager, request.method(), headers),
            manager,
            loaded: tokio::sync::Mutex::default(),
            asked: AtomicBool::new(false),
            refused: AtomicBool::new(false),
            user_agent: user_agent(headers),
            headers: headers.clone(),
            flash,
            device,
            answer: Mutex::default(),
        }))
    }

    /// Cookies, and for an answer that is one visitor's own a word to every cache on its way.
    fn write(&self, headers: &mut HeaderMap) {
        if matches!(self.0.credentials, Credentials::Unasked { .. }) {
            return;
        }
        if self.0.asked.load(Ordering::Acquire) || !self.answer().is_empty() {
            let keep_out = HeaderValue::from_static("private, no-store");
            headers.insert(header::CACHE_CONTROL, keep_out);
            headers.append(header::VARY, HeaderValue::from_static("cookie"));
        }
        if matches!(self.0.credentials, Credentials::Cookies { .. }) {
            for cookie in std::mem::take(&mut *self.answer()).into_values() {
                headers.append(header::SET_COOKIE, cookie);
            }
        }
    }

    /// The session that the cookie names.
    pub(super) fn presented(&self) -> Option<&str> {
        match &self.0.credentials {
            Credentials::Cookies { session, .. } => session.as_ref().map(|cookie| &*cookie.id),
            _ => None,
        }
    }

    pub(super) fn remember_cookie(&self) -> Option<&RememberCookie> {
        match &self.0.credentials {
            Credentials::Cookies { remember, .. } => remember.as_ref(),
            _ => None,
        }
    }

    /// Signs cookies under an older secret anew.
    pub(super) fn renew_cookies(&self) {
        if let Credentials::Cookies {
            session: Some(SessionCookie { opened, .. }),
            ..
        } = &self.0.credentials
            && opened.outdated
        {
            self.put(Purpose::Session, &opened.payload, opened.issued_at, None);
        }
        if let Some(device) = self.0.device.as_ref().filter(|device| device.outdated) {
            let (now, kept) = (self.now(), Some(REMEMBER_MAX));
            self.put(Purpose::Device, &device.payload, now, kept);
        }
    }

    /// Removes a cookie that came along, and one that was to be sent.
    pub(super) fn take_back(&self, purpose: Purpose) {
        let cookies = self.0.manager.cookies();
        let name = cookies.name(purpose);
        self.answer().remove(name);
        let came_along = !cookies.read(purpose, &self.0.headers).is_empty();
        if came_along {
            let removal = cookies.header(purpose, String::new(), Some(Duration::ZERO));
            self.answer().insert(name.to_owned(), removal);
        }
    }

    /// Leaves a message for the next page.
    pub(super) fn set_flash(&self, mut flash: Flash) {
        flash.typed = flash.typed.shortened();
        let payload = serde_json::to_vec(&flash).expect("a flash is plain data");
        self.put(Purpose::Flash, &payload, self.now(), Some(FLASH));
    }

    /// The message left for this page. Whoever takes it shows it: the browser drops its copy.
    pub(super) fn take_flash(&self) -> Option<Flash> {
        let flash = self.0.flash.clone()?;
        self.take_back(Purpose::Flash);
        Some(flash)
    }

    /// Tells the log and the app's listeners.
    pub fn emit(&self, kind: EventKind, user_id: Option<&str>) {
        let user_id = user_id.map(str::to_owned);
        let address = self.0.address.clone();
        self.0.manager.emit(&Event {
            kind,
            user_id,
            address,
        });
    }

    /// A cookie that ends with the browser, or outlives it by `max_age`.
    pub(super) fn put(
        &self,
        purpose: Purpose,
        payload: &[u8],
        issued_at: i64,
        max_age: Option<Duration>,
    ) {
        let (keys, cookies) = (self.0.manager.keys(), self.0.manager.cookies());
        let cookie = cookies.header(purpose, keys.seal(purpose, payload, issued_at), max_age);
        self.answer()
            .insert(cookies.name(purpose).to_owned(), cookie);
    }

    fn answer(&self) -> MutexGuard<'_, BTreeMap<String, HeaderValue>> {
        self.0.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
