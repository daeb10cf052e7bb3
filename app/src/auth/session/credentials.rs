//! Core. How a request authenticates, before anything is looked up: signatures and dates are checked here, and no query runs.

use axum::http::{HeaderMap, Method};

use super::access_token::bearer;
use super::cookies::{Cookies, ReceivedCookies, is_current};
use super::remember::RememberCookie;
use super::signing::{Opened, Purpose};
use super::token::{Token, id_of};
use crate::auth::config::{ABSOLUTE, REMEMBER_MAX};

/// The first of these that applies decides; the others are not looked at.
pub enum Credentials {
    /// HEAD and OPTIONS have no body that could depend on the visitor: they load no user and set no cookie.
    Ignored { has_cookie: bool },
    /// `Authorization: Bearer`: the token's hash, empty for a value that cannot be a token.
    Bearer(String),
    /// Another site may send this request: cookies are ignored, and it acts for no user.
    Foreign,
    /// Cookies whose signatures are valid and which have not expired.
    Cookies {
        session: Option<SessionCookie>,
        remember: Option<RememberCookie>,
        /// More than one cookie of a name: none of them authenticates, and a logout ends them all.
        duplicates: Duplicates,
        /// A signature was invalid, or there were duplicates.
        invalid: bool,
    },
}

pub struct SessionCookie {
    /// The session's id in the database.
    pub id: String,
    pub opened: Opened,
}

/// The ids of sessions and of token families.
#[derive(Default)]
pub struct Duplicates {
    pub sessions: Vec<String>,
    pub families: Vec<String>,
}

impl Credentials {
    pub fn read(
        cookies: &Cookies,
        received: &ReceivedCookies,
        method: &Method,
        headers: &HeaderMap,
        foreign: bool,
        now: i64,
    ) -> Self {
        let (mut several, mut invalid) = (false, false);
        let mut open = |purpose, longest| {
            let values = received.values(purpose);
            several |= values.len() > 1;
            let opened = values.iter().map(|sealed| cookies.verify(purpose, sealed));
            let opened = opened.inspect(|opened| invalid |= opened.is_none());
            let current = opened
                .flatten()
                .filter(|opened| is_current(opened, now, longest));
            current.collect::<Vec<_>>()
        };
        let sessions = open(Purpose::Session, ABSOLUTE).into_iter();
        let mut sessions: Vec<_> = sessions.filter_map(SessionCookie::read).collect();
        let remembers = open(Purpose::Remember, REMEMBER_MAX).into_iter();
        let mut remembers: Vec<_> = remembers.filter_map(RememberCookie::read).collect();

        let mut duplicates = Duplicates::default();
        if several {
            duplicates.sessions = sessions.drain(..).map(|cookie| cookie.id).collect();
            duplicates.families = remembers.drain(..).map(|cookie| cookie.id).collect();
        }
        let (session, remember) = (sessions.pop(), remembers.pop());
        if [Method::HEAD, Method::OPTIONS].contains(method) {
            let has_cookie = session.is_some() || remember.is_some();
            return Self::Ignored { has_cookie };
        }
        if let Some(token) = bearer(headers) {
            return Self::Bearer(token);
        }
        if foreign {
            return Self::Foreign;
        }
        Self::Cookies {
            session,
            remember,
            duplicates,
            invalid: invalid || several,
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
