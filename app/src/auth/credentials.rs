//! Core. What a request says of its sender, before anybody is asked: signatures and dates are checked here, and no query
//! runs.

use std::time::Duration;

use axum::http::{HeaderMap, Method};

use super::LoginManager;
use super::access_token::bearer;
use super::config::{ABSOLUTE, CLOCK_SKEW, REMEMBER_MAX};
use super::remember::RememberCookie;
use super::signing::{Opened, Purpose};
use super::token::{Token, id_of};

/// The first of these that is there decides, and the others are not looked at.
pub(super) enum Credentials {
    /// HEAD and OPTIONS have no body that could depend on who asks: they load nobody and write nothing.
    Unasked { has_cookie: bool },
    /// `Authorization: Bearer`: the token's hash, empty for what cannot be one.
    Bearer(String),
    /// Cookies whose signatures held and whose time has not passed.
    Cookies {
        session: Option<SessionCookie>,
        remember: Option<RememberCookie>,
        /// Several of one name: nobody is meant by them, and a log out ends them all.
        unclear: Unclear,
        /// There was one of another hand, or several of one name.
        tampered: bool,
    },
}

pub(super) struct SessionCookie {
    /// What the database calls the session.
    pub id: String,
    pub opened: Opened,
}

/// The ids of sessions and of families.
#[derive(Default)]
pub(super) struct Unclear {
    pub sessions: Vec<String>,
    pub families: Vec<String>,
}

impl Credentials {
    pub fn read(manager: &LoginManager, method: &Method, headers: &HeaderMap) -> Self {
        let (mut several, mut tampered) = (false, false);
        let mut open = |purpose, longest| {
            let values = manager.cookies().read(purpose, headers);
            several |= values.len() > 1;
            let opened = values
                .iter()
                .map(|sealed| manager.keys().open(purpose, sealed));
            let opened = opened.inspect(|opened| tampered |= opened.is_none());
            let current = opened
                .flatten()
                .filter(|opened| is_current(opened, manager.now(), longest));
            current.collect::<Vec<_>>()
        };
        let sessions = open(Purpose::Session, ABSOLUTE).into_iter();
        let mut sessions: Vec<_> = sessions.filter_map(SessionCookie::read).collect();
        let remembers = open(Purpose::Remember, REMEMBER_MAX).into_iter();
        let mut remembers: Vec<_> = remembers.filter_map(RememberCookie::read).collect();

        let mut unclear = Unclear::default();
        if several {
            unclear.sessions = sessions.drain(..).map(|cookie| cookie.id).collect();
            unclear.families = remembers.drain(..).map(|cookie| cookie.id).collect();
        }
        let (session, remember) = (sessions.pop(), remembers.pop());
        if [Method::HEAD, Method::OPTIONS].contains(method) {
            let has_cookie = session.is_some() || remember.is_some();
            return Self::Unasked { has_cookie };
        }
        if let Some(token) = bearer(headers) {
            return Self::Bearer(token);
        }
        Self::Cookies {
            session,
            remember,
            unclear,
            tampered: tampered || several,
        }
    }
}

impl SessionCookie {
    fn read(opened: Opened) -> Option<Self> {
        let token: Token = opened.payload.as_slice().try_into().ok()?;
        let id = id_of(token);
        Some(Self { id, opened })
    }
}

/// Not older than `longest`, and not from a future that clocks do not explain.
pub(super) fn is_current(opened: &Opened, now: i64, longest: Duration) -> bool {
    let age = now.saturating_sub(opened.issued_at);
    age < longest.as_secs().cast_signed() && age >= -CLOCK_SKEW.as_secs().cast_signed()
}
