//! Yours. The users' and the sessions' rows: every query of the app is in this file.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use email_address::EmailAddress;
use secrecy::SecretString;
use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::User;
use crate::auth::config::{EMAIL_MAX, NAME_MAX};
use crate::auth::{AuthError, Loaded, Passwords, SessionRow, UserLoader};
use crate::database::Database;

/// Cheap to clone.
#[derive(Clone)]
pub struct Users {
    database: Database,
    passwords: Passwords,
}

impl Users {
    pub const fn new(database: Database, passwords: Passwords) -> Self {
        Self {
            database,
            passwords,
        }
    }

    /// Creates a user, unless the address is taken: then nothing happens, at the same cost and with the same answer.
    ///
    /// # Errors
    /// The name, the address or the password breaks a rule, or the app is too busy.
    pub async fn sign_up(
        &self,
        name: &str,
        email: &str,
        password: &SecretString,
        now: i64,
    ) -> Result<(), AuthError> {
        let name = valid_name(name)?;
        let email = valid_email(email)?;
        let password_hash = self.passwords.hash(password).await?;
        query(
            "INSERT INTO users (id, email, email_key, name, password_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email_key) DO NOTHING",
        )
        .bind(random_id()?)
        .bind(email)
        .bind(email_key(email))
        .bind(name)
        .bind(password_hash)
        .bind(now)
        .execute(&self.database.pool)
        .await?;
        Ok(())
    }

    /// The user with this address and password.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] for a wrong password and an unknown address alike.
    pub async fn authenticate(
        &self,
        email: &str,
        password: &SecretString,
    ) -> Result<User, AuthError> {
        let email = valid_email(email)?;
        let row = query("SELECT id, name, email, password_hash FROM users WHERE email_key = $1")
            .bind(email_key(email))
            .fetch_optional(&self.database.pool)
            .await?;
        let found = row.map(|row| Ok((user(&row)?, row.try_get::<String, _>("password_hash")?)));
        let (user, hash) = found
            .transpose()
            .map_err(|error: sqlx::Error| AuthError::from(error))?
            .unzip();
        let right = self.passwords.verify(password, hash.clone()).await?;
        let Some(user) = user.filter(|_| right) else {
            tracing::info!("login_failed");
            return Err(AuthError::InvalidCredentials);
        };
        if let Some(hash) = hash.filter(|hash| self.passwords.is_outdated(hash)) {
            self.rehash(&user, password, &hash).await;
        }
        Ok(user)
    }

    /// The cost has grown since: store a hash at today's. Whoever has the right password gets in either way.
    async fn rehash(&self, user: &User, password: &SecretString, old: &str) {
        let Ok(hash) = self.passwords.hash(password).await else {
            return;
        };
        let update =
            query("UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3");
        if let Err(error) = update
            .bind(hash)
            .bind(&user.id)
            .bind(old)
            .execute(&self.database.pool)
            .await
        {
            tracing::warn!(%error, user = %user.id, "a password could not be hashed anew");
        }
    }
}

impl UserLoader for Users {
    async fn load_user(&self, id: &str, now: i64) -> Result<Option<Loaded>, AuthError> {
        let row = query(
            "SELECT users.id, users.name, users.email, sessions.id AS session_id, \
                    sessions.created_at, sessions.authenticated_at, sessions.seen_at, \
                    sessions.expires_at, sessions.remembered, sessions.user_agent, sessions.address \
             FROM sessions JOIN users ON users.id = sessions.user_id \
             WHERE sessions.id = $1 AND sessions.expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional(&self.database.pool)
        .await?;
        let loaded = row.map(|row| {
            Ok(Loaded {
                user: user(&row)?,
                session: session(&row)?,
            })
        });
        loaded
            .transpose()
            .map_err(|error: sqlx::Error| error.into())
    }

    async fn begin_session(
        &self,
        row: &SessionRow,
        replaces: Option<&str>,
    ) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(row.created_at)
            .execute(&mut *write)
            .await?;
        if let Some(old) = replaces {
            query("DELETE FROM sessions WHERE id = $1")
                .bind(old)
                .execute(&mut *write)
                .await?;
        }
        query(
            "INSERT INTO sessions (id, user_id, created_at, authenticated_at, seen_at, \
                                   expires_at, remembered, user_agent, address) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&row.id)
        .bind(&row.user_id)
        .bind(row.created_at)
        .bind(row.authenticated_at)
        .bind(row.seen_at)
        .bind(row.expires_at)
        .bind(i64::from(row.remembered))
        .bind(&row.user_agent)
        .bind(&row.address)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    async fn touch_session(
        &self,
        id: &str,
        seen_at: i64,
        expires_at: i64,
    ) -> Result<(), AuthError> {
        query("UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3")
            .bind(seen_at)
            .bind(expires_at)
            .bind(id)
            .execute(&self.database.pool)
            .await?;
        Ok(())
    }

    async fn end_session(&self, id: &str) -> Result<(), AuthError> {
        query("DELETE FROM sessions WHERE id = $1")
            .bind(id)
            .execute(&self.database.pool)
            .await?;
        Ok(())
    }
}

fn user(row: &AnyRow) -> Result<User, sqlx::Error> {
    Ok(User {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
    })
}

fn session(row: &AnyRow) -> Result<SessionRow, sqlx::Error> {
    Ok(SessionRow {
        id: row.try_get("session_id")?,
        user_id: row.try_get("id")?,
        created_at: row.try_get("created_at")?,
        authenticated_at: row.try_get("authenticated_at")?,
        seen_at: row.try_get("seen_at")?,
        expires_at: row.try_get("expires_at")?,
        remembered: row.try_get::<i64, _>("remembered")? == 1,
        user_agent: row.try_get("user_agent")?,
        address: row.try_get("address")?,
    })
}

fn valid_name(name: &str) -> Result<&str, AuthError> {
    let name = name.trim();
    let fits = (1..=NAME_MAX).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control))
        .then_some(name)
        .ok_or(AuthError::InvalidName)
}

fn valid_email(email: &str) -> Result<&str, AuthError> {
    let email = email.trim();
    let plain =
        email.len() <= EMAIL_MAX && !email.chars().any(|c| c.is_control() || c.is_whitespace());
    (plain && EmailAddress::is_valid(email))
        .then_some(email)
        .ok_or(AuthError::InvalidEmail)
}

/// What two spellings of one address have in common. Made here and never by the database: the engines
/// disagree on lower case beyond ASCII.
fn email_key(email: &str) -> String {
    email.to_lowercase()
}

fn random_id() -> Result<String, AuthError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no random numbers");
        AuthError::Unavailable
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
