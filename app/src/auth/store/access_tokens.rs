//! Core. The table `access_tokens`. The tokens themselves are not stored.

use std::sync::LazyLock;

use sqlx::any::AnyRow;
use sqlx::{Row, SqlStr, query};

use super::selection::{account, select_accounts};
use super::{Account, Authenticated, Store, is_id};
use crate::auth::config::{SEEN_EVERY, TOKENS_MAX, seconds};
use crate::auth::error::AuthError;
use crate::auth::records::AccessToken;
use crate::auth::session::random_id;
use crate::database::{Columns, WriteTransaction};

static LOAD: LazyLock<SqlStr> = LazyLock::new(|| {
    select_accounts(
        "access_tokens.last_used_at FROM access_tokens JOIN users ON users.id = access_tokens.user_id \
         WHERE access_tokens.token_hash = $1 AND access_tokens.expires_at > $2",
    )
});

impl Store {
    /// Stores the hash of a new token for the user of a request. The caller commits.
    ///
    /// # Errors
    /// [`AuthError::TooManyTokens`]; [`AuthError::LoginRequired`]: the session has ended concurrently; or the database failed.
    pub async fn insert_token(
        &self,
        here: &Authenticated,
        name: &str,
        hash: &str,
        now: i64,
        expires_at: i64,
    ) -> Result<WriteTransaction, AuthError> {
        let user_id = &here.user().id;
        let mut write = self.begin_in_session(here).await?;
        let others =
            query("SELECT COUNT(*) FROM access_tokens WHERE user_id = $1 AND expires_at > $2")
                .bind(user_id)
                .bind(now);
        let others = write.fetch_optional(others).await?;
        let others: Option<i64> = others.map(|row| row.try_get(0)).transpose()?;
        if others.unwrap_or_default() >= TOKENS_MAX {
            return Err(AuthError::TooManyTokens);
        }
        let insert = query(
            "INSERT INTO access_tokens (id, user_id, name, token_hash, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(random_id()?)
        .bind(user_id)
        .bind(name)
        .bind(hash)
        .bind(now)
        .bind(expires_at);
        write.execute(insert).await?;
        Ok(write)
    }

    /// The unexpired tokens of a user, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tokens(&self, user_id: &str, now: i64) -> Result<Vec<AccessToken>, AuthError> {
        let tokens = query(
            "SELECT id, name, created_at, last_used_at, expires_at FROM access_tokens \
             WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id",
        )
        .bind(user_id)
        .bind(now);
        let rows = self.database.fetch_all(tokens).await?;
        Ok(rows.iter().map(token).collect::<Result<_, _>>()?)
    }

    /// Deletes a token of a user. `false`: it is another user's or gone.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_token(&self, user_id: &str, id: &str) -> Result<bool, AuthError> {
        if !is_id(id) {
            return Ok(false);
        }
        let delete = query("DELETE FROM access_tokens WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(user_id);
        Ok(self.database.write(delete).await? > 0)
    }

    /// The account whose token has this hash, in one query, if `now` is before its `expires_at`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load_user_from_request(
        &self,
        hash: &str,
        now: i64,
    ) -> Result<Option<Account>, AuthError> {
        let load = query(LOAD.clone()).bind(hash).bind(now);
        let Some(row) = self.database.fetch_optional(load).await? else {
            return Ok(None);
        };
        let mut columns = Columns::of(&row);
        let account = account(&mut columns)?;
        let last_used_at: Option<i64> = columns.next()?;
        if now - last_used_at.unwrap_or_default() >= seconds(SEEN_EVERY) {
            let used = query("UPDATE access_tokens SET last_used_at = $1 WHERE token_hash = $2");
            // The user is loaded already; a failed write is no reason to fail the request.
            if let Err(error) = self.database.try_write(used.bind(now).bind(hash)).await {
                tracing::warn!(%error, "storing the last use of an access token failed");
            }
        }
        Ok(Some(account))
    }
}

fn token(row: &AnyRow) -> Result<AccessToken, sqlx::Error> {
    let mut columns = Columns::of(row);
    Ok(AccessToken {
        id: columns.next()?,
        name: columns.next()?,
        created_at: columns.next()?,
        last_used_at: columns.next()?,
        expires_at: columns.next()?,
    })
}
