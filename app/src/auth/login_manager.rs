//! Core. The login manager, and the handle of a request: [`AuthSession`].
//!
//! The handle's methods are in `load_user.rs` (the current user), `authenticate.rs` (passwords), `login_user.rs` (begin,
//! confirm, end a login) and `account/` (an account's own rows).

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;

use super::error::AuthError;
use super::events::{Event, EventKind};
use super::forms::messages::Texts;
use super::options::Options;
use super::password::{Client, Passwords, network};
use super::session::{Cookies, RequestState, SealingKeys, SigningKeys};
use super::store::{Authenticated, Store};
use super::throttle::{Attempt, Throttle};
use crate::database::{Database, WriteTransaction};

/// One for the whole app, cheap to clone: the tables, the keys, the password hashing, and the app's options.
#[derive(Clone)]
pub struct LoginManager(Arc<Parts>);

struct Parts {
    store: Store,
    throttle: Throttle,
    passwords: Passwords,
    cookies: Cookies,
    sealing: SealingKeys,
    options: Options,
}

impl LoginManager {
    pub fn new(
        database: Database,
        passwords: Passwords,
        keys: SigningKeys,
        options: Options,
    ) -> Self {
        let store = Store { database };
        Self(Arc::new(Parts {
            throttle: Throttle::new(store.clone(), options.attempts_per_minute),
            store,
            passwords,
            sealing: keys.sealing(),
            cookies: Cookies::new(options.cookies.clone(), keys),
            options,
        }))
    }

    pub fn options(&self) -> &Options {
        &self.0.options
    }

    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub fn database(&self) -> &Database {
        &self.0.store.database
    }

    pub(super) fn sealing(&self) -> &SealingKeys {
        &self.0.sealing
    }

    /// Unix seconds.
    pub fn now(&self) -> i64 {
        (self.0.options.clock)()
    }

    /// A handle for what no request asks for: a job, or a command of the operator.
    pub fn without_request(&self) -> AuthSession {
        AuthSession::read(self.clone(), &Request::new(Body::empty()), false)
    }

    /// Writes an event to the log, and calls the app's listeners.
    pub fn emit(&self, event: &Event) {
        event.write_to_the_log();
        for listener in &self.0.options.listeners {
            listener(event);
        }
    }
}

/// The handle of one request: the manager and what the request brought. Cheap to clone; no query runs until it is asked.
#[derive(Clone)]
pub struct AuthSession(Arc<Inner>);

struct Inner {
    manager: LoginManager,
    request: RequestState,
    /// The user, once loaded; concurrent callers wait for the first.
    loaded: tokio::sync::Mutex<Option<Result<Option<Authenticated>, AuthError>>>,
    /// The response depends on the visitor.
    personal: AtomicBool,
    /// The access token is invalid: the response becomes a 401, even if a page was rendered.
    token_rejected: AtomicBool,
    /// The attempt that gave the right password; the login that follows resets the earlier wrong ones.
    attempt: Mutex<Option<Attempt>>,
    /// Typed values that were too long for the flash cookie, once fetched.
    form_values: OnceLock<String>,
}

impl AuthSession {
    /// Verifies what the request brought; no query runs. `foreign`: another site may send this request.
    pub fn read(manager: LoginManager, request: &Request, foreign: bool) -> Self {
        let proxies = manager.options().proxies;
        let now = manager.now();
        let request = RequestState::read(&manager.0.cookies, request, proxies, foreign, now);
        Self(Arc::new(Inner {
            manager,
            request,
            loaded: tokio::sync::Mutex::default(),
            personal: AtomicBool::new(false),
            token_rejected: AtomicBool::new(false),
            attempt: Mutex::default(),
            form_values: OnceLock::new(),
        }))
    }

    /// Writes the cookies, and keeps a personal response out of shared caches.
    pub fn write(&self, headers: &mut HeaderMap) {
        let personal = self.0.personal.load(Ordering::Acquire);
        self.0.request.write(personal, headers);
    }

    pub fn manager(&self) -> &LoginManager {
        &self.0.manager
    }

    pub fn options(&self) -> &Options {
        self.0.manager.options()
    }

    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.0.manager.now()
    }

    /// `https://example.com`; empty if it is not configured.
    pub fn site(&self) -> &str {
        self.options().site.as_deref().unwrap_or_default()
    }

    pub fn texts(&self) -> Texts {
        self.options().texts
    }

    /// Writes an event of this request to the log, and calls the app's listeners.
    pub fn emit(&self, kind: EventKind, user_id: Option<&str>) {
        self.0.manager.emit(&Event {
            kind,
            user_id: user_id.map(str::to_owned),
            address: self.0.request.address.clone(),
        });
    }

    /// Begins a transaction for the app's own rows of this request's user. It locks the user's row and checks that the session
    /// has not ended; a concurrent logout or deletion waits for the commit.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the session, or the user, has ended concurrently; or the database failed.
    pub async fn begin_write(&self, here: &Authenticated) -> Result<WriteTransaction, AuthError> {
        self.store().begin_for_user(here).await
    }

    /// The client by its network, for limits on a shared resource while the user is unknown.
    pub fn client(&self) -> Client {
        Client::Network(self.network())
    }

    /// The client's network; empty if its address is unknown.
    pub fn network(&self) -> String {
        let address: Option<IpAddr> = self.0.request.address.parse().ok();
        address.map(network).unwrap_or_default()
    }

    pub(super) fn request(&self) -> &RequestState {
        &self.0.request
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.manager.0.store
    }

    pub(super) fn throttle(&self) -> &Throttle {
        &self.0.manager.0.throttle
    }

    pub(super) fn passwords(&self) -> &Passwords {
        &self.0.manager.0.passwords
    }

    pub(super) fn loaded(
        &self,
    ) -> &tokio::sync::Mutex<Option<Result<Option<Authenticated>, AuthError>>> {
        &self.0.loaded
    }

    pub(super) fn set_personal(&self) {
        self.0.personal.store(true, Ordering::Release);
    }

    pub(super) fn reject_token(&self) {
        self.0.token_rejected.store(true, Ordering::Release);
    }

    pub(super) fn token_is_rejected(&self) -> bool {
        self.0.token_rejected.load(Ordering::Acquire)
    }

    pub(super) fn form_values(&self) -> &OnceLock<String> {
        &self.0.form_values
    }

    pub(super) fn attempt(&self) -> MutexGuard<'_, Option<Attempt>> {
        let attempt = self.0.attempt.lock();
        attempt.unwrap_or_else(PoisonError::into_inner)
    }
}
