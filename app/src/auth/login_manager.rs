//! Core. The login manager: begins and ends log ins, and answers who is there, once a request.
//! The only file that puts a user id into a session.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::config::{ABSOLUTE, IDLE, REMEMBERED_ABSOLUTE, REMEMBERED_IDLE, SEEN_EVERY};
use super::cookies::Cookies;
use super::session::{Token, id_of};
use super::signing::SigningKeys;
use super::{AuthError, CurrentUser, Loaded, Session, SessionRow, UserLoader};
use crate::users::{User, Users};

/// Unix seconds. Injected, so that tests move it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The system's time.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        seconds(since_1970)
    })
}

/// One for the whole app, cheap to clone: the loader, the keys, the names of the cookies, the clock.
#[derive(Clone)]
pub struct LoginManager(Arc<Parts>);

struct Parts {
    users: Users,
    keys: SigningKeys,
    cookies: Cookies,
    clock: Clock,
}

impl LoginManager {
    /// `secure` says that the site's address is https.
    pub fn new(users: Users, keys: SigningKeys, secure: bool, clock: Clock) -> Self {
        Self(Arc::new(Parts {
            users,
            keys,
            cookies: Cookies::new(secure),
            clock,
        }))
    }

    pub(super) fn keys(&self) -> &SigningKeys {
        &self.0.keys
    }

    pub(super) fn cookies(&self) -> Cookies {
        self.0.cookies
    }

    pub(super) fn now(&self) -> i64 {
        (self.0.clock)()
    }
}

impl Session {
    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.0.manager.now()
    }

    /// Who is there. The first to ask waits for the one query of this request; everybody after that,
    /// and everybody without a cookie, gets the answer at once.
    ///
    /// # Errors
    /// The database could not answer. That is neither a guest nor a user: do not treat it as one.
    pub async fn load_user(&self) -> Result<CurrentUser, AuthError> {
        let loaded = self.load().await?;
        Ok(loaded.map_or(CurrentUser::Guest, |loaded| CurrentUser::User(loaded.user)))
    }

    /// The user with the session that says so. See [`Self::load_user`].
    ///
    /// # Errors
    /// As there.
    pub async fn load(&self) -> Result<Option<Loaded>, AuthError> {
        self.0
            .loaded
            .get_or_init(|| self.ask_the_user_loader())
            .await
            .clone()
    }

    async fn ask_the_user_loader(&self) -> Result<Option<Loaded>, AuthError> {
        let Some(id) = self.presented() else {
            return Ok(None);
        };
        let users = &self.0.manager.0.users;
        let now = self.now();
        // A cookie whose row is gone is left to expire. Taking it back would race with the log in of another tab:
        // the late answer to the old cookie would remove the new one.
        let Some(mut loaded) = users.load_user(id, now).await? else {
            return Ok(None);
        };
        self.renew_cookie();
        let row = &mut loaded.session;
        if now - row.seen_at >= seconds(SEEN_EVERY) {
            let expires_at = expiry(row.created_at, now, row.remembered);
            // Who is there is known by now, also when it cannot be written down.
            if users.touch_session(id, now, expires_at).await.is_ok() {
                (row.seen_at, row.expires_at) = (now, expires_at);
            }
        }
        Ok(Some(loaded))
    }

    /// Begins a new session for `user` and ends the one that came with the request, whoever's it was: a
    /// session planted or copied before the log in is worth nothing after it (ASVS 7.2.4).
    /// `remember` decides whether the cookie outlives the browser.
    ///
    /// # Errors
    /// The session could not be stored; nobody is logged in or out.
    pub async fn login_user(&self, user: &User, remember: bool) -> Result<(), AuthError> {
        let mut token = Token::default();
        getrandom::fill(&mut token).map_err(|error| {
            tracing::error!(%error, "no random numbers");
            AuthError::Unavailable
        })?;
        let now = self.now();
        let row = SessionRow {
            id: id_of(&token),
            user_id: user.id.clone(),
            created_at: now,
            authenticated_at: now,
            seen_at: now,
            expires_at: expiry(now, now, remember),
            remembered: remember,
            user_agent: self.0.user_agent.clone(),
            address: self.0.address.clone(),
        };
        self.0
            .manager
            .0
            .users
            .begin_session(&row, self.presented())
            .await?;
        self.set_cookie(&token, remember);
        tracing::info!(user = %user.id, remember, "user_logged_in");
        Ok(())
    }

    /// Ends the session, on the server first: from here on every copy of the cookie is dead.
    ///
    /// # Errors
    /// The session could not be ended; the visitor is still logged in.
    pub async fn logout_user(&self) -> Result<(), AuthError> {
        if let Some(id) = self.presented() {
            self.0.manager.0.users.end_session(id).await?;
            self.remove_cookie();
            tracing::info!("user_logged_out");
        }
        Ok(())
    }
}

/// The earlier of the two limits that a session has.
fn expiry(created_at: i64, seen_at: i64, remembered: bool) -> i64 {
    let (idle, absolute) = if remembered {
        (REMEMBERED_IDLE, REMEMBERED_ABSOLUTE)
    } else {
        (IDLE, ABSOLUTE)
    };
    (seen_at + seconds(idle)).min(created_at + seconds(absolute))
}

fn seconds(duration: Duration) -> i64 {
    duration.as_secs().cast_signed()
}
