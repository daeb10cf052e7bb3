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
use cookie::{Cookie, SameSite};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::config::{ABSOLUTE, CLOCK_SKEW, FLASH, REMEMBERED_ABSOLUTE, USER_AGENT_MAX};
use super::signing::{Opened, Purpose};
use super::{AuthError, Flash, Loaded, LoginManager};

/// 256 bits from the system's generator (ASVS 7.2.3 asks for 128).
pub(super) type Token = [u8; 32];

/// What one request knows of its session. Cheap to clone; nothing is loaded until somebody asks.
#[derive(Clone)]
pub struct Session(pub(super) Arc<Visit>);

/// Behind the handle.
pub(super) struct Visit {
    pub manager: LoginManager,
    /// The session the cookie names, if the signature held.
    pub presented: Option<String>,
    pub loaded: OnceCell<Result<Option<Loaded>, AuthError>>,
    pub user_agent: String,
    pub address: String,
    flash: Option<Flash>,
    /// The cookies that go out with the answer, by name: the last word counts.
    answer: Mutex<BTreeMap<&'static str, HeaderValue>>,
}

/// The names and attributes of the cookies, decided once by the site's address.
#[derive(Clone, Copy)]
pub(super) struct Cookies {
    secure: bool,
}

impl Cookies {
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    /// The `__Host-` prefix binds a cookie to this very host (RFC 6265bis, 4.1.3.2); browsers grant it over https only.
    const fn session(self) -> &'static str {
        if self.secure {
            "__Host-session"
        } else {
            "session"
        }
    }

    const fn flash(self) -> &'static str {
        if self.secure { "__Host-flash" } else { "flash" }
    }

    /// `max_age` of `None` ends with the browser. A removal carries the same attributes: a browser ignores it otherwise.
    fn header(self, name: &'static str, value: String, max_age: Option<Duration>) -> HeaderValue {
        let mut cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .build();
        cookie.set_max_age(max_age.and_then(|age| cookie::time::Duration::try_from(age).ok()));
        HeaderValue::try_from(cookie.to_string()).expect("base64url is printable ASCII")
    }
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
        let mut signed_anew = None;
        let presented = opened.and_then(|opened| {
            let (&remembered, token) = opened.payload.split_first()?;
            let longest = if remembered == 1 {
                REMEMBERED_ABSOLUTE
            } else {
                ABSOLUTE
            };
            if !is_current(&opened, now, longest) {
                return None;
            }
            if opened.outdated {
                let age = Duration::from_secs(now.abs_diff(opened.issued_at));
                let left = (remembered == 1).then(|| longest.saturating_sub(age));
                signed_anew = Some((opened.payload.clone(), opened.issued_at, left));
            }
            Some(id_of(token.try_into().ok()?))
        });

        let session = Self(Arc::new(Visit {
            manager,
            presented,
            loaded: OnceCell::new(),
            user_agent: user_agent(request.headers()),
            address: address(request),
            flash,
            answer: Mutex::default(),
        }));
        if let Some((payload, issued_at, left)) = signed_anew {
            session.put(Purpose::Session, &payload, issued_at, left);
        }
        session
    }

    /// Cookies, and for an answer that depends on who is there a word to every cache on its way.
    fn write(&self, headers: &mut HeaderMap) {
        if self.0.loaded.initialized() {
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

    pub(super) fn remove_cookie(&self) {
        self.remove(self.0.manager.cookies().session());
    }

    /// Leaves a message for the next page.
    pub(super) fn set_flash(&self, flash: &Flash) {
        let payload = serde_json::to_vec(flash).expect("a flash is plain data");
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

/// The cookie `name`, over all `Cookie` lines. Two different values of one name are no value: which one a
/// browser sends first is something a neighbouring site can arrange.
fn read_cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let mut values = lines
        .iter()
        .flat_map(|line| Cookie::split_parse(line.as_ref()))
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned());
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
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
