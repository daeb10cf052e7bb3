//! Yours. Users and their passwords: rows and queries.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::User;
use super::names::{Email, valid_name};
use crate::auth::{Attempt, AuthError, Client, EventKind, Loaded, Passwords, Session, account_key};
use crate::database::{Database, Write};

/// Rows that a command deletes at once.
const AT_ONCE: i64 = 5_000;

/// Cheap to clone.
#[derive(Clone)]
pub struct Users {
    pub(super) database: Database,
    passwords: Passwords,
}

impl Users {
    pub const fn new(database: Database, passwords: Passwords) -> Self {
        Self {
            database,
            passwords,
        }
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.database.is_ready().await
    }

    /// Creates a user, unless the address is taken: then nothing happens, at the same cost and with the same answer.
    ///
    /// # Errors
    /// The name, the address or the password breaks a rule, or the app is too busy.
    pub async fn sign_up(
        &self,
        session: &Session,
        name: &str,
        email: &str,
        password: &SecretString,
    ) -> Result<(), AuthError> {
        let name = valid_name(name)?;
        let email = Email::read(email)?;
        let own = [&*name, &*email.typed, session.site()];
        let client = session.client();
        let password_hash = self.passwords.hash_new(password, &own, &client).await?;
        let _turn = self.database.turn().await?;
        // The update changes nothing, and takes as long to write as an account: the disk would tell one from the other.
        query(
            "INSERT INTO users (id, email, email_key, name, password_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key",
        )
        .bind(random_id()?)
        .bind(email.typed)
        .bind(email.key)
        .bind(name)
        .bind(password_hash)
        .bind(session.now())
        .execute(self.database.in_time())
        .await?;
        Ok(())
    }

    /// The user with this address and password. Counts the attempt: see `auth/throttle.rs`.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] for a wrong password, an unknown address and a locked account alike.
    pub async fn authenticate(
        &self,
        session: &Session,
        email: &str,
        password: &SecretString,
    ) -> Result<User, AuthError> {
        let key = Email::read(email)?.key;
        given(password)?;
        let row = query(
            "SELECT id, name, email, is_active, password_version, password_hash \
             FROM users WHERE email_key = $1",
        )
        .bind(&key)
        .fetch_optional(self.database.in_time())
        .await?;
        let found = row.map(|row| Ok((user(&row)?, row.try_get::<String, _>("password_hash")?)));
        let (user, hash) = found
            .transpose()
            .map_err(|error: sqlx::Error| AuthError::from(error))?
            .unzip();
        let mut attempt = session.attempt(&key, user.as_ref()).await?;
        // For the log alone, so that somebody sees whose account is tried.
        let known = user.as_ref().map(|user| user.id.clone());
        let right = self.is_right(&mut attempt, password, hash.clone()).await?;
        let Some(user) = user.filter(|_| right) else {
            session.emit(EventKind::LoginFailed, known.as_deref());
            return Err(AuthError::InvalidCredentials);
        };
        session.attempt_succeeded(attempt, &user).await?;
        if let Some(hash) = hash.filter(|hash| self.passwords.is_outdated(hash)) {
            self.rehash(&user, password, &hash).await;
        }
        Ok(user)
    }

    /// The password of somebody who is logged in, given once more. Counts the attempt.
    ///
    /// # Errors
    /// [`AuthError::WrongPassword`], also after too many; [`AuthError::LoginRequired`] without a session: who has an
    /// access token alone learns nothing of the password.
    pub async fn check_password(
        &self,
        session: &Session,
        user: &User,
        password: &SecretString,
    ) -> Result<(), AuthError> {
        let here = session.load().await?.and_then(|here| here.session);
        here.ok_or(AuthError::LoginRequired)?;
        given(password)?;
        session
            .attempt_this_minute(&format!("user:{}", user.id))
            .await?;
        let attempt = session
            .attempt_of(&confirm_key(&user.id), known(user))
            .await;
        let mut attempt = attempt.map_err(|error| match error {
            AuthError::InvalidCredentials => AuthError::WrongPassword,
            other => other,
        })?;
        let row = query("SELECT password_hash FROM users WHERE id = $1")
            .bind(&user.id)
            .fetch_optional(self.database.in_time())
            .await?;
        let hash = row.map(|row| row.try_get("password_hash")).transpose()?;
        if !self.is_right(&mut attempt, password, hash).await? {
            session.emit(EventKind::LoginFailed, Some(&user.id));
            return Err(AuthError::WrongPassword);
        }
        session.forget(attempt).await
    }

    async fn is_right(
        &self,
        attempt: &mut Attempt,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, AuthError> {
        let right = self.passwords.verify(password, hash, &attempt.client).await;
        match right {
            Ok(_) => attempt.made(),
            Err(_) => attempt.not_made().await,
        }
        right
    }

    /// Lets strangers try again on a locked account, and its user confirm a log in, for whoever runs the site. An
    /// unknown one is no error: nothing is locked then.
    ///
    /// # Errors
    /// [`AuthError::InvalidEmail`], or the database could not answer.
    pub async fn unlock(&self, email: &str) -> Result<(), AuthError> {
        let key = account_key(&Email::read(email)?.key);
        self.delete_attempts(&key).await?;
        if let Some(user) = self.find(email).await? {
            self.delete_attempts(&confirm_key(&user.id)).await?;
        }
        Ok(())
    }

    /// A new password for `user`, who is here. It ends every other log in: see [`Session::change_password`].
    ///
    /// # Errors
    /// The password breaks a rule, or the app is too busy; or as there.
    pub async fn change_password(
        &self,
        session: &Session,
        user: &User,
        password: &SecretString,
    ) -> Result<(), AuthError> {
        let own = [&*user.name, &*user.email, session.site()];
        let hash = self
            .passwords
            .hash_new(password, &own, &known(user))
            .await?;
        session.change_password(&hash).await
    }

    /// The user with this address, for whoever runs the site.
    ///
    /// # Errors
    /// [`AuthError::InvalidEmail`], or the database could not answer.
    pub async fn find(&self, email: &str) -> Result<Option<User>, AuthError> {
        let row = query(
            "SELECT id, name, email, is_active, password_version FROM users WHERE email_key = $1",
        )
        .bind(Email::read(email)?.key)
        .fetch_optional(self.database.in_time())
        .await?;
        Ok(row.as_ref().map(user).transpose()?)
    }

    /// Ends every log in and every access token of `user`.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn log_out(&self, user: &User) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        hold(&mut write, user).await?;
        end_everything(&mut write, user).await?;
        write.commit().await?;
        Ok(())
    }

    /// The same for all users: after the restore of a backup, which brings back what had ended since. Many rows at a time,
    /// because nobody waits for a statement for longer than a visitor would.
    ///
    /// # Errors
    /// The database could not answer. What is gone is gone: ask again.
    pub async fn log_out_everyone(&self) -> Result<(), AuthError> {
        for rows in [
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions LIMIT $1)",
            "DELETE FROM remembered WHERE id IN (SELECT id FROM remembered LIMIT $1)",
            "DELETE FROM access_tokens WHERE id IN (SELECT id FROM access_tokens LIMIT $1)",
        ] {
            loop {
                let mut write = self.database.begin_write().await?;
                let gone = query(rows).bind(AT_ONCE).execute(write.in_time()).await?;
                write.commit().await?;
                if gone.rows_affected() == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Switches a user off, or on again. Who is off is a guest from the next request on, and finds no log in and no
    /// access token of before when they are on again (ASVS 7.4.2).
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn set_active(&self, user: &User, is_active: bool) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        // Under a new version, so that no log in that is under way begins after this.
        query(
            "UPDATE users SET is_active = $1, password_version = password_version + 1 - $1 \
             WHERE id = $2",
        )
        .bind(i64::from(is_active))
        .bind(&user.id)
        .execute(write.in_time())
        .await?;
        if !is_active {
            end_everything(&mut write, user).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// The user is gone, and all their sessions and tokens with them.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn delete(&self, user: &User) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        for step in [
            // Held first: whatever is under way for this user waits, and then finds nobody.
            "UPDATE users SET password_version = password_version + 1 WHERE id = $1",
            "DELETE FROM remembered WHERE user_id = $1",
            "DELETE FROM users WHERE id = $1",
        ] {
            query(step).bind(&user.id).execute(write.in_time()).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// Holds the user who is `here` until the transaction ends: whoever ends the log in of this request waits, or was
    /// first.
    pub(super) async fn begin_here(&self, here: &Loaded) -> Result<Write, AuthError> {
        let mut write = self.database.begin_write().await?;
        hold(&mut write, &here.user).await?;
        let session = here.session.as_ref().map(|row| &*row.id);
        still_there(&mut write, session).await?;
        Ok(write)
    }

    /// The cost has grown since: store a hash at today's. Whoever has the right password gets in either way.
    async fn rehash(&self, user: &User, password: &SecretString, old: &str) {
        let Ok(hash) = self.passwords.hash(password, &known(user)).await else {
            return;
        };
        let Some(_turn) = self.database.spare_turn().await else {
            return;
        };
        let update =
            query("UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3");
        if let Err(error) = update
            .bind(hash)
            .bind(&user.id)
            .bind(old)
            .execute(self.database.in_time())
            .await
        {
            tracing::warn!(%error, user = %user.id, "a password could not be hashed anew");
        }
    }
}

/// Before anything is counted or looked up: no password is no attempt.
fn given(password: &SecretString) -> Result<(), AuthError> {
    let empty = password.expose_secret().is_empty();
    (!empty).then_some(()).ok_or(AuthError::MissingPassword)
}

fn known(user: &User) -> Client {
    Client::Known(user.id.clone())
}

/// Until the transaction ends nobody begins or confirms a log in of this user: who does waits, or was first.
async fn hold(write: &mut Write, user: &User) -> Result<(), sqlx::Error> {
    query("UPDATE users SET password_version = password_version WHERE id = $1")
        .bind(&user.id)
        .execute(write.in_time())
        .await?;
    Ok(())
}

/// Nothing is done any more in a session that has ended.
pub(super) async fn still_there(write: &mut Write, session: Option<&str>) -> Result<(), AuthError> {
    let there = query("SELECT id FROM sessions WHERE id = $1").bind(session);
    let there = there.fetch_optional(write.in_time()).await?;
    there.map(drop).ok_or(AuthError::LoginRequired)
}

/// Whether this could be the id of a row. PostgreSQL takes no text with a NUL.
pub(super) fn is_id(id: &str) -> bool {
    id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_graphic())
}

async fn end_everything(write: &mut Write, user: &User) -> Result<(), sqlx::Error> {
    end_log_ins(write, user).await?;
    query("DELETE FROM access_tokens WHERE user_id = $1")
        .bind(&user.id)
        .execute(write.in_time())
        .await
        .map(drop)
}

pub(super) async fn end_log_ins(write: &mut Write, user: &User) -> Result<(), sqlx::Error> {
    for log_ins in [
        "DELETE FROM remembered WHERE user_id = $1",
        "DELETE FROM sessions WHERE user_id = $1",
    ] {
        query(log_ins)
            .bind(&user.id)
            .execute(write.in_time())
            .await?;
    }
    Ok(())
}

/// Out of a row of `users`.
pub(super) fn user(row: &AnyRow) -> Result<User, sqlx::Error> {
    Ok(User {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        is_active: row.try_get::<i64, _>("is_active")? == 1,
        password_version: row.try_get("password_version")?,
    })
}

/// What the password given once more is counted under.
fn confirm_key(user_id: &str) -> String {
    format!("confirm:{user_id}")
}

pub(super) fn random_id() -> Result<String, AuthError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no random numbers");
        AuthError::Unavailable
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
