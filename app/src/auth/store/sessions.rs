//! Core. The table `sessions`.

use std::sync::LazyLock;

use sqlx::{SqlStr, query};

use super::remembered::{FAMILY, delete_family, remembered};
use super::selection::{account, select_accounts};
use super::{Authenticated, SessionRow, Store};
use crate::auth::config::SESSIONS_MAX;
use crate::auth::error::AuthError;
use crate::database::{Columns, WriteTransaction};

static LOAD: LazyLock<SqlStr> = LazyLock::new(|| {
    select_accounts(&format!(
        "sessions.id, sessions.login_id, sessions.created_at, sessions.authenticated_at, sessions.seen_at, \
         sessions.expires_at, sessions.remember_id, sessions.forced, sessions.user_agent, sessions.address, {FAMILY} \
         FROM sessions JOIN users ON users.id = sessions.user_id \
              LEFT JOIN remembered ON remembered.id = sessions.remember_id \
         WHERE sessions.id = $1 AND sessions.expires_at > $2"
    ))
});

impl Store {
    /// The session `id` with its user and its token family, in one query, if `now` is before its `expires_at`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load_user(&self, id: &str, now: i64) -> Result<Option<Authenticated>, AuthError> {
        let load = query(LOAD.clone()).bind(id).bind(now);
        let row = self.database.fetch_optional(load).await?;
        let loaded = row.map(|row| {
            let mut columns = Columns::of(&row);
            let account = account(&mut columns)?;
            let session = session(&account.user.id, &mut columns)?;
            let remembered = match &session.remember_id {
                Some(_) => Some(remembered(&account.user.id, &mut columns)?),
                None => None,
            };
            Ok(Authenticated {
                account,
                session: Some(session),
                remembered,
            })
        });
        let loaded: Result<_, sqlx::Error> = loaded.transpose();
        Ok(loaded?)
    }

    /// Updates the session's times, unless other writers are busy. Does not revive a session that has ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn touch_session(
        &self,
        id: &str,
        seen_at: i64,
        expires_at: i64,
    ) -> Result<(), AuthError> {
        let touch = query("UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3")
            .bind(seen_at)
            .bind(expires_at)
            .bind(id);
        self.database.try_write(touch).await?;
        Ok(())
    }

    /// Makes the session not fresh, and moves it to the browser `user_agent`. `false`: a concurrent request was first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn demote_session(
        &self,
        id: &str,
        from: &str,
        user_agent: &str,
    ) -> Result<bool, AuthError> {
        let demote = query(
            "UPDATE sessions SET authenticated_at = 0, user_agent = $1 \
             WHERE id = $2 AND user_agent = $3",
        )
        .bind(user_agent)
        .bind(id)
        .bind(from);
        Ok(self.database.write(demote).await? > 0)
    }

    /// Deletes this session alone. `false`: a concurrent request was first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_session(&self, id: &str) -> Result<bool, AuthError> {
        let delete = query("DELETE FROM sessions WHERE id = $1").bind(id);
        Ok(self.database.write(delete).await? > 0)
    }
}

/// Deletes the user's least recently seen sessions above [`SESSIONS_MAX`], and stores this one unless it is stored already.
pub(super) async fn insert(
    write: &mut WriteTransaction,
    row: &SessionRow,
    replaces: Option<&str>,
) -> Result<(), sqlx::Error> {
    let make_room = query(
        "DELETE FROM sessions WHERE user_id = $1 AND id NOT IN (SELECT id FROM sessions \
         WHERE user_id = $1 ORDER BY seen_at DESC LIMIT $2)",
    )
    .bind(&row.user_id)
    .bind(SESSIONS_MAX - 1);
    write.execute(make_room).await?;
    let insert = query(
        "INSERT INTO sessions (id, login_id, user_id, created_at, authenticated_at, seen_at, \
                               expires_at, remember_id, forced, user_agent, address, replaces) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&row.id)
    .bind(&row.login_id)
    .bind(&row.user_id)
    .bind(row.created_at)
    .bind(row.authenticated_at)
    .bind(row.seen_at)
    .bind(row.expires_at)
    .bind(&row.remember_id)
    .bind(i64::from(row.forced))
    .bind(&row.user_agent)
    .bind(&row.address)
    .bind(replaces);
    write.execute(insert).await.map(drop)
}

/// Deletes the session, the one that replaced it, its token family, and the family `family`; a family's sessions end with it.
pub(super) async fn delete_login(
    write: &mut WriteTransaction,
    session: Option<&str>,
    family: Option<&str>,
) -> Result<(), sqlx::Error> {
    if let Some(id) = session {
        for rows in [
            "DELETE FROM remembered WHERE id IN (SELECT remember_id FROM sessions \
                 WHERE id = $1 OR replaces = $1 OR login_id = $1)",
            "DELETE FROM sessions WHERE id = $1 OR replaces = $1 OR login_id = $1",
        ] {
            write.execute(query(rows).bind(id)).await?;
        }
    }
    if let Some(id) = family {
        delete_family(write, id).await?;
    }
    Ok(())
}

/// Deletes every session and token family of a user.
pub(super) async fn delete_logins(
    write: &mut WriteTransaction,
    user_id: &str,
) -> Result<(), sqlx::Error> {
    for rows in [
        "DELETE FROM remembered WHERE user_id = $1",
        "DELETE FROM sessions WHERE user_id = $1",
    ] {
        write.execute(query(rows).bind(user_id)).await?;
    }
    Ok(())
}

fn session(user_id: &str, columns: &mut Columns) -> Result<SessionRow, sqlx::Error> {
    Ok(SessionRow {
        user_id: user_id.to_owned(),
        id: columns.next()?,
        login_id: columns.next()?,
        created_at: columns.next()?,
        authenticated_at: columns.next()?,
        seen_at: columns.next()?,
        expires_at: columns.next()?,
        remember_id: columns.next()?,
        forced: columns.next_bool()?,
        user_agent: columns.next()?,
        address: columns.next()?,
    })
}
