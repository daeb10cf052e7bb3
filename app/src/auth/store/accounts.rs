//! Core. The table `users`: the core's columns, and with them the app's (`users/row.rs`).

use std::sync::LazyLock;

use sqlx::{Row, SqlStr, query};

use super::closed::shorten_links_in_old_boxes;
use super::consequences::{Change, Spared, end};
use super::selection::{account, constant, select_accounts};
use super::{Account, Store, lock_user};
use crate::auth::error::AuthError;
use crate::auth::session::hashed;
use crate::database::{Columns, WriteTransaction};
use crate::users::{User, row};

/// Rows that one statement of a command deletes.
const BATCH: i64 = 5_000;

static FIND: LazyLock<SqlStr> =
    LazyLock::new(|| select_accounts("users.password_hash FROM users WHERE email_key = $1"));

/// `ON CONFLICT` writes a row if the address is taken, too: nothing changes, and it takes as long as an insert.
static INSERT: LazyLock<SqlStr> = LazyLock::new(|| {
    let columns = row::COLUMNS.iter().enumerate();
    let (names, places): (String, String) = columns
        .map(|(at, name)| (format!(", {name}"), format!(", ${}", at + 6)))
        .unzip();
    let hash = row::COLUMNS.len() + 6;
    constant(format!(
        "INSERT INTO users (id, email, email_key, password_hash, created_at{names}) \
         SELECT $1, $2, $3, $4, $5{places} \
         WHERE NOT EXISTS (SELECT 1 FROM links WHERE purpose = 'keep_email' AND email_key = ${hash} AND expires_at > $5) \
         ON CONFLICT (email_key) DO UPDATE SET email_key = excluded.email_key RETURNING id"
    ))
});

impl Store {
    /// Inserts a user, unless the address is taken: then nothing changes, after the same work. Returns whether the user was
    /// inserted. `email_key` is the normalised address. One that an account has given up lately, and can get back, is taken.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_user(
        write: &mut WriteTransaction,
        user: &User,
        email_key: &str,
        password_hash: &str,
        now: i64,
    ) -> Result<bool, AuthError> {
        let insert = query(INSERT.clone())
            .bind(&user.id)
            .bind(&user.email)
            .bind(email_key)
            .bind(password_hash)
            .bind(now);
        let insert = row::bind(insert, user).bind(hashed(email_key));
        let row = write.fetch_optional(insert).await?;
        let id: Option<String> = row.map(|row| row.try_get(0)).transpose()?;
        Ok(id.as_deref() == Some(&user.id))
    }

    /// The account with this normalised address, and its password hash.
    ///
    /// # Errors
    /// The database failed.
    pub(in crate::auth) async fn find(
        &self,
        email_key: &str,
    ) -> Result<Option<(Account, String)>, AuthError> {
        let find = query(FIND.clone()).bind(email_key);
        let row = self.database.fetch_optional(find).await?;
        let found = row.map(|row| {
            let mut columns = Columns::of(&row);
            Ok((account(&mut columns)?, columns.next()?))
        });
        let found: Result<_, sqlx::Error> = found.transpose();
        Ok(found?)
    }

    /// # Errors
    /// The database failed.
    pub(in crate::auth) async fn password_hash(
        &self,
        user_id: &str,
    ) -> Result<Option<String>, AuthError> {
        let find = query("SELECT password_hash FROM users WHERE id = $1").bind(user_id);
        let row = self.database.fetch_optional(find).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Replaces the hash `old` (compare-and-swap) by one of the same password with the current parameters.
    ///
    /// # Errors
    /// The database failed.
    pub(in crate::auth) async fn rehash(
        &self,
        user_id: &str,
        old: &str,
        new: &str,
    ) -> Result<(), AuthError> {
        let update =
            query("UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3")
                .bind(new)
                .bind(user_id)
                .bind(old);
        self.database.try_write(update).await?;
        Ok(())
    }

    /// Ends every login and every access token of a user.
    ///
    /// # Errors
    /// The database failed.
    pub async fn log_out(&self, user_id: &str) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        lock_user(&mut write, user_id).await?;
        end(&mut write, Change::LoggedOut, user_id, Spared::default()).await?;
        write.commit().await?;
        Ok(())
    }

    /// The same for all users, in batches, because one statement for all rows could exceed the time-out.
    ///
    /// # Errors
    /// The database failed; rows that are deleted already stay deleted.
    pub async fn log_out_everyone(&self) -> Result<(), AuthError> {
        for rows in [
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions LIMIT $1)",
            "DELETE FROM remembered WHERE id IN (SELECT id FROM remembered LIMIT $1)",
            "DELETE FROM access_tokens WHERE id IN (SELECT id FROM access_tokens LIMIT $1)",
        ] {
            while self.database.write(query(rows).bind(BATCH)).await? > 0 {}
        }
        Ok(())
    }

    /// Deactivates a user, or activates one again; an account that is closed is opened again, too.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_active(&self, user_id: &str, is_active: bool) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        // The new version makes a concurrent login fail that has read the old one.
        let update = query(
            "UPDATE users SET is_active = $1, password_version = password_version + 1 - $1, \
                              delete_at = CASE WHEN $1 = 1 THEN NULL ELSE delete_at END, \
                              delete_language = CASE WHEN $1 = 1 THEN NULL ELSE delete_language END \
             WHERE id = $2",
        )
        .bind(i64::from(is_active))
        .bind(user_id);
        write.execute(update).await?;
        if is_active {
            shorten_links_in_old_boxes(&mut write, user_id).await?;
        } else {
            end(&mut write, Change::Deactivated, user_id, Spared::default()).await?;
        }
        write.commit().await?;
        Ok(())
    }
}
