//! Core. Remember me: a second cookie outlives the browser, and begins a new session where there is none. That
//! session is not fresh: whoever has the machine has the cookie.
//!
//! The cookie names a *family*, everything that came of one log in on one device, and a *generation*. Each use
//! replaces generation n by n + 1; n coming back later has been copied, and ends the family, the thief's session
//! included (Barry Jaspan, "Improved Persistent Login Cookie Best Practice"). Three things keep honest people in:
//! - Requests that left together with n all get n + 1, and one session: its token is derived, not drawn.
//! - An answer that never arrived costs nothing: until n + 1 has been seen once, n is still good.
//! - n stays good for a minute even then, for the requests that were on their way.

use std::time::Duration;

use hkdf::Hkdf;
use sha2::Sha256;

use super::config::{REMEMBER_GRACE, SEEN_EVERY};
use super::login_manager::seconds;
use super::signing::{Opened, Purpose};
use super::token::{Token, id_of};
use super::{AuthError, EventKind, Loaded, Session, UserLoader};

const TOKEN: usize = size_of::<Token>();

/// A remember cookie whose signature held.
pub struct RememberCookie {
    /// What the database calls the family.
    pub id: String,
    token: Token,
    generation: i64,
    opened: Opened,
}

/// One family, as the database knows it. Times are Unix seconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RememberRow {
    /// SHA-256 of the family's token, base64url.
    pub id: String,
    pub user_id: String,
    pub generation: i64,
    /// A request has come back with this generation.
    pub confirmed: bool,
    pub rotated_at: i64,
    /// Seconds from the log in, or from the last visit where [`remember_slides`](super::Options::remember_slides).
    pub lasts: i64,
    pub expires_at: i64,
}

/// What a generation is worth.
enum Worth {
    Current,
    /// `lost`: nobody has come back with the one after it.
    Replaced {
        lost: bool,
    },
    Stolen,
}

impl RememberRow {
    /// How long it was asked for.
    pub fn lasts(&self) -> Duration {
        Duration::from_secs(self.lasts.max(0).cast_unsigned())
    }

    fn worth(&self, generation: i64, now: i64) -> Worth {
        let replaced = generation + 1 == self.generation;
        let on_its_way = now - self.rotated_at < seconds(REMEMBER_GRACE);
        if generation == self.generation {
            Worth::Current
        } else if replaced && (!self.confirmed || on_its_way) {
            Worth::Replaced { lost: !on_its_way }
        } else {
            Worth::Stolen
        }
    }
}

impl RememberCookie {
    pub fn read(opened: Opened) -> Option<Self> {
        let (token, generation) = opened.payload.split_at_checked(TOKEN)?;
        let token: Token = token.try_into().ok()?;
        Some(Self {
            id: id_of(token),
            token,
            generation: u32::from_be_bytes(generation.try_into().ok()?).into(),
            opened,
        })
    }

    /// The token of the session that this generation begins. Nobody can derive it from a stolen cookie and use it:
    /// the session's cookie needs our signature.
    fn session_token(&self, generation: i64) -> Token {
        let mut token = Token::default();
        Hkdf::<Sha256>::new(None, &self.token)
            .expand_multi_info(&[b"session", &generation.to_be_bytes()], &mut token)
            .expect("32 bytes are within HKDF's reach");
        token
    }
}

/// What the cookie holds.
pub(super) fn payload(token: &Token, generation: i64) -> Vec<u8> {
    let generation = u32::try_from(generation).unwrap_or(u32::MAX);
    [token.as_slice(), &generation.to_be_bytes()].concat()
}

impl Session {
    /// Whether this device is remembered, by the very log in that is there.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn login_remembered(&self) -> Result<bool, AuthError> {
        let remembered = self.load().await?.and_then(|loaded| loaded.remembered);
        Ok(remembered.is_some_and(|row| {
            self.remember_cookie()
                .is_some_and(|cookie| cookie.id == row.id)
        }))
    }

    /// A new session out of the remember cookie.
    pub(super) async fn restore(&self) -> Result<Option<Loaded>, AuthError> {
        let Some(cookie) = self.remember_cookie() else {
            return Ok(None);
        };
        let (users, now) = (self.users(), self.now());
        let Some((user, mut row)) = users.load_remembered(&cookie.id, now).await? else {
            return Ok(None);
        };
        if !user.is_active {
            self.emit(EventKind::InactiveUserRefused, Some(&user.id));
            self.take_back(Purpose::Remember);
            return Ok(None);
        }
        let (generation, lost) = match row.worth(cookie.generation, now) {
            Worth::Current => (cookie.generation + 1, false),
            Worth::Replaced { lost } => (row.generation, lost),
            Worth::Stolen => {
                users.end_log_in(None, Some(&cookie.id)).await?;
                self.take_back(Purpose::Remember);
                self.emit(EventKind::RememberStolen, Some(&user.id));
                return Ok(None);
            }
        };
        let token = cookie.session_token(generation);
        let mut session = self.new_row(&user, &token);
        session.authenticated_at = 0;
        session.remember_id = Some(cookie.id.clone());
        if self.0.manager.options().remember_slides {
            row.expires_at = now + row.lasts;
        }
        if !users
            .restore_session(&user, &session, generation, row.expires_at, lost)
            .await?
        {
            return Ok(None); // It ended this very moment.
        }
        self.put(Purpose::Session, &token, self.now(), None);
        self.send_remember(cookie, generation, row.expires_at);
        self.emit(EventKind::UserLoadedFromCookie, Some(&user.id));
        (row.generation, row.confirmed, row.rotated_at) = (generation, false, now);
        Ok(Some(Loaded {
            user,
            session: Some(session),
            remembered: Some(row),
        }))
    }

    /// For a session that is there: what its remember cookie needs meanwhile.
    pub(super) async fn keep_remembered(&self, row: &mut RememberRow) {
        let Some(cookie) = self.remember_cookie().filter(|cookie| cookie.id == row.id) else {
            return;
        };
        let (users, now) = (self.users(), self.now());
        // Who is there is known by now, also when these cannot be written down.
        if cookie.generation == row.generation && !row.confirmed {
            row.confirmed = users
                .confirm_remembered(&row.id, row.generation)
                .await
                .is_ok();
        }
        let slides = self.0.manager.options().remember_slides;
        let mut until = row.expires_at;
        if slides {
            until = now + row.lasts;
            if until - row.expires_at >= seconds(SEEN_EVERY)
                && users.prolong_remembered(&row.id, until).await.is_ok()
            {
                row.expires_at = until;
            }
        }
        if (slides || cookie.opened.outdated) && cookie.generation == row.generation {
            self.send_remember(cookie, row.generation, until);
        }
    }

    fn send_remember(&self, cookie: &RememberCookie, generation: i64, expires_at: i64) {
        let now = self.now();
        let slides = self.0.manager.options().remember_slides;
        let issued_at = if slides { now } else { cookie.opened.issued_at };
        let left = Duration::from_secs((expires_at - now).max(0).cast_unsigned());
        let payload = payload(&cookie.token, generation);
        self.put(Purpose::Remember, &payload, issued_at, Some(left));
    }
}
