//! Core. The cookie layer: what one request brought, and what its answer takes back.
//! The only file that writes `Set-Cookie`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::config::{
    ABSOLUTE, CLOCK_SKEW, EMAIL_MAX, FLASH, NAME_MAX, REMEMBERED_ABSOLUTE, USER_AGENT_MAX,
};
use super::cookies::read_cookie;
use super::signing::{Opened, Purpose};
use super::{AuthError, Flash, Loaded, LoginManager};

/// 256 bits from the system's generator (ASVS 7.2.3 asks for 128).
pub(super) type Token = [u8; 32];

/// What one request knows of its session. Cheap to clone; nothing is loaded until somebody asks.
#[derive(Clone)]
pub struct Session(pub(super) Arc<Visit>);

/// A cookie whose signature held, and whose time has not passed.
struct Presented {
    /// What the database calls the session.
    id: String,
    cookie: Opened,
    /// What is left of it, if it outlives the browser.
    max_age: Option<Duration>,
}

/// Behind the handle.
pub(super) struct Visit {
    pub manager: LoginManager,
    presented: Option<Presented>,
    pub loaded: OnceCell<Result<Option<Loaded>, AuthError>>,
    pub user_agent: String,
    pub address: String,
    flash: Option<Flash>,
    /// The cookies that go out with the answer, by name: the last word counts.
    answer: Mutex<BTreeMap<&'static str, HeaderValue>>,
}

/// The layer. Verifies signatures and nothing else: no query runs here.
pub async fn read_and_write_cookies(
    State(manager): State<LoginManager>,
    mut request: Request,
    next: Next,
) -> Response {
    let session = Session::read(manager, &request);
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    session.write(response.headers_mut());
    response
}

impl Session {
    fn read(manager: LoginManager, request: &Request) -> Self {
        let cookies = manager.cookies();
        let now = manager.now();
        let opened = read_cookie(request.headers(), cookies.session())
            .and_then(|value| manager.keys().open(Purpose::Session, &value));
        let flash = read_cookie(request.headers(), cookies.flash())
            .and_then(|value| manager.keys().open(Purpose::Flash, &value))
            .filter(|opened| is_current(opened, now, FLASH))
            .and_then(|opened| serde_json::from_slice(&opened.payload).ok());
        let presented = opened.and_then(|opened| {
            let (&kind, token) = opened.payload.split_first()?;
            let remembered = kind == 1;
            let longest = if remembered {
                REMEMBERED_ABSOLUTE
            } else {
                ABSOLUTE
            };
            let age = Duration::from_secs(now.abs_diff(opened.issued_at));
            is_current(&opened, now, longest).then_some(Presented {
                id: id_of(token.try_into().ok()?),
                max_age: remembered.then(|| longest.saturating_sub(age)),
                cookie: opened,
            })
        });

        Self(Arc::new(Visit {
            manager,
            presented,
            loaded: OnceCell::new(),
            user_agent: user_agent(request.headers()),
            address: address(request),
            flash,
            answer: Mutex::default(),
        }))
    }

    /// Cookies, and for an answer that is one visitor's own a word to every cache on its way.
    fn write(&self, headers: &mut HeaderMap) {
        if self.0.loaded.initialized() || !self.answer().is_empty() {
            let keep_out = HeaderValue::from_static("private, no-store");
            headers.insert(header::CACHE_CONTROL, keep_out);
            headers.append(header::VARY, HeaderValue::from_static("cookie"));
        }
        for cookie in std::mem::take(&mut *self.answer()).into_values() {
            headers.append(header::SET_COOKIE, cookie);
        }
    }

    /// A browser-session cookie, or one that outlives the browser.
    pub(super) fn set_cookie(&self, token: &Token, remember: bool) {
        let payload = [&[u8::from(remember)], token.as_slice()].concat();
        let max_age = remember.then_some(REMEMBERED_ABSOLUTE);
        self.put(Purpose::Session, &payload, self.now(), max_age);
    }

    /// The session that the cookie names.
    pub(super) fn presented(&self) -> Option<&str> {
        self.0
            .presented
            .as_ref()
            .map(|presented| presented.id.as_str())
    }

    /// Signs a cookie under an older secret anew, for the rest of its time.
    pub(super) fn renew_cookie(&self) {
        if let Some(Presented {
            cookie, max_age, ..
        }) = &self.0.presented
            && cookie.outdated
        {
            self.put(
                Purpose::Session,
                &cookie.payload,
                cookie.issued_at,
                *max_age,
            );
        }
    }

    pub(super) fn remove_cookie(&self) {
        self.remove(self.0.manager.cookies().session());
    }

    /// Leaves a message for the next page.
    /// What comes back into a field is cut to what a field may hold: browsers drop a cookie over 4 KiB.
    pub(super) fn set_flash(&self, mut flash: Flash) {
        flash.email = flash.email.chars().take(EMAIL_MAX).collect();
        flash.name = flash.name.chars().take(2 * NAME_MAX).collect();
        let payload = serde_json::to_vec(&flash).expect("a flash is plain data");
        self.put(Purpose::Flash, &payload, self.now(), Some(FLASH));
    }

    /// The message left for this page. Whoever takes it shows it: the browser drops its copy.
    pub(super) fn take_flash(&self) -> Option<Flash> {
        let flash = self.0.flash.clone()?;
        self.remove(self.0.manager.cookies().flash());
        Some(flash)
    }

    fn put(&self, purpose: Purpose, payload: &[u8], issued_at: i64, max_age: Option<Duration>) {
        let cookies = self.0.manager.cookies();
        let name = match purpose {
            Purpose::Session => cookies.session(),
            Purpose::Flash => cookies.flash(),
        };
        let value = self.0.manager.keys().seal(purpose, payload, issued_at);
        self.answer()
            .insert(name, cookies.header(name, value, max_age));
    }

    fn remove(&self, name: &'static str) {
        let removal = self
            .0
            .manager
            .cookies()
            .header(name, String::new(), Some(Duration::ZERO));
        self.answer().insert(name, removal);
    }

    fn answer(&self) -> MutexGuard<'_, BTreeMap<&'static str, HeaderValue>> {
        self.0.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the database calls a session: it cannot be turned back into a cookie.
pub(super) fn id_of(token: &Token) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// Not older than `longest`, and not from a future that clocks do not explain.
fn is_current(opened: &Opened, now: i64, longest: Duration) -> bool {
    let age = now.saturating_sub(opened.issued_at);
    age < longest.as_secs().cast_signed() && age >= -CLOCK_SKEW.as_secs().cast_signed()
}

fn user_agent(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::USER_AGENT)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    String::from_utf8_lossy(value)
        .chars()
        .filter(|character| !character.is_control())
        .take(USER_AGENT_MAX)
        .collect()
}

/// The peer of the socket. Headers that claim another are not believed.
fn address(request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip().to_string())
        .unwrap_or_default()
}
