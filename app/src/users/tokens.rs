//! Yours. Access tokens: rows and queries. The secret itself is shown once and stored nowhere.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::names::shown;
use super::store::{is_id, random_id, user};
use super::{AccessToken, User, Users};
use crate::auth::config::{SEEN_EVERY, TOKEN_DAYS_MAX, TOKEN_NAME_MAX, TOKENS_MAX};
use crate::auth::{AuthError, Loaded, new_access_token};
use secrecy::SecretString;

const DAY: i64 = 24 * 60 * 60;

impl Users {
    /// A token for the user who is `here`, good for some `days`.
    ///
    /// # Errors
    /// The name or the number of days breaks its rule; [`AuthError::TooManyTokens`]; [`AuthError::LoginRequired`]: the
    /// session has ended meanwhile.
    pub async fn create_token(
        &self,
        here: &Loaded,
        name: &str,
        days: i64,
        now: i64,
    ) -> Result<SecretString, AuthError> {
        let name = shown(name, TOKEN_NAME_MAX).ok_or(AuthError::InvalidTokenName)?;
        if !(1..=TOKEN_DAYS_MAX).contains(&days) {
            return Err(AuthError::InvalidDays);
        }
        let (token, hash) = new_access_token()?;
        let user = &here.user;
        let mut write = self.begin_here(here).await?;
        let others = query(
            "SELECT COUNT(*) AS others FROM access_tokens WHERE user_id = $1 AND expires_at > $2",
        )
        .bind(&user.id)
        .bind(now)
        .fetch_one(write.in_time())
        .await?;
        if others.try_get::<i64, _>("others")? >= TOKENS_MAX {
            return Err(AuthError::TooManyTokens);
        }
        query(
            "INSERT INTO access_tokens (id, user_id, name, token_hash, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(random_id()?)
        .bind(&user.id)
        .bind(name)
        .bind(hash)
        .bind(now)
        .bind(now + days * DAY)
        .execute(write.in_time())
        .await?;
        write.commit().await?;
        Ok(token)
    }

    /// The tokens of `user` that still hold, newest first.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn tokens(&self, user: &User, now: i64) -> Result<Vec<AccessToken>, AuthError> {
        let rows = query(
            "SELECT id, name, created_at, last_used_at, expires_at FROM access_tokens \
             WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id",
        )
        .bind(&user.id)
        .bind(now)
        .fetch_all(self.database.in_time())
        .await?;
        Ok(rows.iter().map(token).collect::<Result<_, _>>()?)
    }

    /// Ends a token of `user`. `false`: it is another's or gone, and left alone.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn revoke_token(&self, user: &User, id: &str) -> Result<bool, AuthError> {
        if !is_id(id) {
            return Ok(false);
        }
        let _turn = self.database.turn().await?;
        let revoked = query("DELETE FROM access_tokens WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(&user.id)
            .execute(self.database.in_time())
            .await?;
        Ok(revoked.rows_affected() > 0)
    }

    /// Whose token this is the hash of.
    pub(super) async fn user_of_token(
        &self,
        hash: &str,
        now: i64,
    ) -> Result<Option<User>, AuthError> {
        let row = query(
            "SELECT users.id, users.name, users.email, users.is_active, users.password_version, \
                    access_tokens.last_used_at \
             FROM access_tokens JOIN users ON users.id = access_tokens.user_id \
             WHERE access_tokens.token_hash = $1 AND access_tokens.expires_at > $2",
        )
        .bind(hash)
        .bind(now)
        .fetch_optional(self.database.in_time())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let last_used_at: Option<i64> = row.try_get("last_used_at")?;
        if now - last_used_at.unwrap_or_default() >= SEEN_EVERY.as_secs().cast_signed()
            && let Some(_turn) = self.database.spare_turn().await
        {
            let used = query("UPDATE access_tokens SET last_used_at = $1 WHERE token_hash = $2");
            // Whose it is is known by now, also when its use cannot be written down.
            if let Err(error) = used
                .bind(now)
                .bind(hash)
                .execute(self.database.in_time())
                .await
            {
                tracing::warn!(%error, "the use of a token could not be written down");
            }
        }
        Ok(Some(user(&row)?))
    }
}

fn token(row: &AnyRow) -> Result<AccessToken, sqlx::Error> {
    Ok(AccessToken {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        created_at: row.try_get("created_at")?,
        last_used_at: row.try_get("last_used_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}
