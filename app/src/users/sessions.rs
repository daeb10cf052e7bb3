//! Yours. Sessions and who is remembered: what the core asks of your storage (`auth/user_loader.rs`).

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::store::{end_log_ins, still_there, user};
use super::{User, Users};
use crate::auth::config::LOG_INS_MAX;
use crate::auth::{Allowed, Attempts, AuthError, Loaded, RememberRow, SessionRow, UserLoader};
use crate::database::Write;

impl UserLoader for Users {
    async fn load_user(&self, id: &str, now: i64) -> Result<Option<Loaded>, AuthError> {
        let row = query(
            "SELECT users.id, users.name, users.email, users.is_active, users.password_version, \
                    sessions.id AS session_id, sessions.log_in_id, sessions.created_at, sessions.authenticated_at, \
                    sessions.seen_at, sessions.expires_at, sessions.remember_id, sessions.forced, \
                    sessions.user_agent, sessions.address, \
                    remembered.generation, remembered.confirmed, remembered.rotated_at, \
                    remembered.lasts, remembered.expires_at AS remembered_until \
             FROM sessions JOIN users ON users.id = sessions.user_id \
                  LEFT JOIN remembered ON remembered.id = sessions.remember_id \
             WHERE sessions.id = $1 AND sessions.expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional(self.database.in_time())
        .await?;
        let loaded = row.map(|row| {
            let session = session(&row)?;
            let remembered = match session.remember_id.clone() {
                Some(id) => Some(remembered(id, &row)?),
                None => None,
            };
            Ok(Loaded {
                user: user(&row)?,
                session: Some(session),
                remembered,
            })
        });
        loaded
            .transpose()
            .map_err(|error: sqlx::Error| error.into())
    }

    async fn load_remembered(
        &self,
        id: &str,
        now: i64,
    ) -> Result<Option<(User, RememberRow)>, AuthError> {
        let row = query(
            "SELECT users.id, users.name, users.email, users.is_active, users.password_version, \
                    remembered.generation, remembered.confirmed, remembered.rotated_at, \
                    remembered.lasts, remembered.expires_at AS remembered_until \
             FROM remembered JOIN users ON users.id = remembered.user_id \
             WHERE remembered.id = $1 AND remembered.expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .fetch_optional(self.database.in_time())
        .await?;
        let found = row.map(|row| Ok((user(&row)?, remembered(id.to_owned(), &row)?)));
        found.transpose().map_err(|error: sqlx::Error| error.into())
    }

    async fn load_user_from_request(
        &self,
        token: &str,
        now: i64,
    ) -> Result<Option<User>, AuthError> {
        self.user_of_token(token, now).await
    }

    async fn begin_session(
        &self,
        user: &User,
        session: &SessionRow,
        remembered: Option<&RememberRow>,
        (old_session, old_family): (Option<&str>, Option<&str>),
    ) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        if !hold_user(&mut write, user).await? {
            return Err(AuthError::InvalidCredentials);
        }
        end(&mut write, old_session, old_family).await?;
        if let Some(row) = remembered {
            remember(&mut write, row, session).await?;
        }
        insert(&mut write, session, None).await?;
        write.commit().await?;
        Ok(())
    }

    async fn store_new_password(
        &self,
        user: User,
        password_hash: &str,
        chosen_in: &str,
        session: &SessionRow,
        remembered: Option<&RememberRow>,
    ) -> Result<User, AuthError> {
        let mut write = self.database.begin_write().await?;
        let changed = query(
            "UPDATE users SET password_hash = $1, password_version = password_version + 1 \
             WHERE id = $2 AND password_version = $3",
        )
        .bind(password_hash)
        .bind(&user.id)
        .bind(user.password_version)
        .execute(write.in_time())
        .await?;
        if changed.rows_affected() == 0 {
            return Err(AuthError::WrongPassword);
        }
        still_there(&mut write, Some(chosen_in)).await?;
        end_log_ins(&mut write, &user).await?;
        if let Some(row) = remembered {
            remember(&mut write, row, session).await?;
        }
        insert(&mut write, session, Some(chosen_in)).await?;
        write.commit().await?;
        Ok(User {
            password_version: user.password_version + 1,
            ..user
        })
    }

    async fn restore_session(
        &self,
        user: &User,
        session: &SessionRow,
        generation: i64,
        expires_at: i64,
        lost: bool,
    ) -> Result<bool, AuthError> {
        let mut write = self.database.begin_write().await?;
        if !hold_user(&mut write, user).await? {
            return Ok(false);
        }
        let moved_on = query(
            "UPDATE remembered SET generation = $1, confirmed = 0, rotated_at = $2, expires_at = $3, \
                                   user_agent = $4, address = $5 \
             WHERE id = $6 AND generation = $7",
        )
        .bind(generation)
        .bind(session.created_at)
        .bind(expires_at)
        .bind(&session.user_agent)
        .bind(&session.address)
        .bind(&session.remember_id)
        .bind(generation - 1)
        .execute(write.in_time())
        .await?;
        if moved_on.rows_affected() == 0 {
            // Another request was first, and has begun the session; what it began may have ended since.
            if !hold_family(&mut write, session).await? {
                return Ok(false);
            }
            if !lost {
                let there = query("SELECT id FROM sessions WHERE id = $1").bind(&session.id);
                return Ok(there.fetch_optional(write.in_time()).await?.is_some());
            }
        }
        insert(&mut write, session, None).await?;
        write.commit().await?;
        Ok(true)
    }

    async fn confirm_session(
        &self,
        user: &User,
        id: &str,
        session: &SessionRow,
    ) -> Result<bool, AuthError> {
        let mut write = self.database.begin_write().await?;
        if !hold_user(&mut write, user).await? || !hold_family(&mut write, session).await? {
            return Ok(false);
        }
        let ended = query("DELETE FROM sessions WHERE id = $1")
            .bind(id)
            .execute(write.in_time())
            .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        insert(&mut write, session, Some(id)).await?;
        write.commit().await?;
        Ok(true)
    }

    async fn touch_session(
        &self,
        id: &str,
        seen_at: i64,
        expires_at: i64,
    ) -> Result<(), AuthError> {
        let Some(_turn) = self.database.spare_turn().await else {
            return Ok(());
        };
        query("UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3")
            .bind(seen_at)
            .bind(expires_at)
            .bind(id)
            .execute(self.database.in_time())
            .await?;
        Ok(())
    }

    async fn demote_session(
        &self,
        id: &str,
        from: &str,
        user_agent: &str,
    ) -> Result<bool, AuthError> {
        let _turn = self.database.turn().await?;
        let demoted = query(
            "UPDATE sessions SET authenticated_at = 0, user_agent = $1 \
             WHERE id = $2 AND user_agent = $3",
        )
        .bind(user_agent)
        .bind(id)
        .bind(from)
        .execute(self.database.in_time())
        .await?;
        Ok(demoted.rows_affected() > 0)
    }

    async fn confirm_remembered(&self, id: &str, generation: i64) -> Result<(), AuthError> {
        let Some(_turn) = self.database.spare_turn().await else {
            return Ok(());
        };
        query("UPDATE remembered SET confirmed = 1 WHERE id = $1 AND generation = $2")
            .bind(id)
            .bind(generation)
            .execute(self.database.in_time())
            .await?;
        Ok(())
    }

    async fn prolong_remembered(&self, id: &str, expires_at: i64) -> Result<(), AuthError> {
        let Some(_turn) = self.database.spare_turn().await else {
            return Ok(());
        };
        query("UPDATE remembered SET expires_at = $1 WHERE id = $2")
            .bind(expires_at)
            .bind(id)
            .execute(self.database.in_time())
            .await?;
        Ok(())
    }

    async fn attempt(
        &self,
        key: &str,
        now: i64,
        allowed: Allowed<'_>,
    ) -> Result<Option<Attempts>, AuthError> {
        self.count_attempt(key, now, allowed).await
    }

    async fn forget_one_attempt(
        &self,
        key: &str,
        now: i64,
        before: &Attempts,
    ) -> Result<(), AuthError> {
        self.take_attempt_back(key, now, before).await
    }

    async fn forget_attempts(&self, key: &str) -> Result<(), AuthError> {
        self.delete_attempts(key).await
    }

    async fn end_session(&self, id: &str) -> Result<bool, AuthError> {
        let _turn = self.database.turn().await?;
        let ended = query("DELETE FROM sessions WHERE id = $1")
            .bind(id)
            .execute(self.database.in_time())
            .await?;
        Ok(ended.rows_affected() > 0)
    }

    async fn end_log_in(
        &self,
        session: Option<&str>,
        remembered: Option<&str>,
    ) -> Result<(), AuthError> {
        let mut write = self.database.begin_write().await?;
        // Waits for the password that is being given once more in another tab, and then finds the session it made.
        query(
            "UPDATE users SET password_version = password_version WHERE id IN \
                 (SELECT user_id FROM sessions WHERE id = $1 OR replaces = $1 OR log_in_id = $1)",
        )
        .bind(session)
        .execute(write.in_time())
        .await?;
        end(&mut write, session, remembered).await?;
        write.commit().await?;
        Ok(())
    }
}

/// Until the transaction ends nobody changes this user's password or deletes the user: who does waits, or was first.
/// `false`: was first.
async fn hold_user(write: &mut Write, user: &User) -> Result<bool, sqlx::Error> {
    let held = query(
        "UPDATE users SET password_version = password_version \
         WHERE id = $1 AND password_version = $2",
    )
    .bind(&user.id)
    .bind(user.password_version)
    .execute(write.in_time())
    .await?;
    Ok(held.rows_affected() > 0)
}

/// The same of the family that `session` belongs to, if there is one. Whoever holds both holds the user first, and what
/// is deleted goes in that order too, so that no two wait for each other.
async fn hold_family(write: &mut Write, session: &SessionRow) -> Result<bool, sqlx::Error> {
    let Some(family) = &session.remember_id else {
        return Ok(true);
    };
    let held = query("UPDATE remembered SET generation = generation WHERE id = $1")
        .bind(family)
        .execute(write.in_time())
        .await?;
    Ok(held.rows_affected() > 0)
}

/// Makes room for the family of `session` and stores it.
async fn remember(
    write: &mut Write,
    row: &RememberRow,
    session: &SessionRow,
) -> Result<(), sqlx::Error> {
    query(
        "DELETE FROM remembered WHERE user_id = $1 AND id NOT IN (SELECT id FROM remembered \
         WHERE user_id = $1 ORDER BY rotated_at DESC LIMIT $2)",
    )
    .bind(&row.user_id)
    .bind(LOG_INS_MAX - 1)
    .execute(write.in_time())
    .await?;
    query(
        "INSERT INTO remembered (id, user_id, generation, confirmed, rotated_at, lasts, \
                                 expires_at, created_at, user_agent, address) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&row.id)
    .bind(&row.user_id)
    .bind(row.generation)
    .bind(i64::from(row.confirmed))
    .bind(row.rotated_at)
    .bind(row.lasts)
    .bind(row.expires_at)
    .bind(session.created_at)
    .bind(&session.user_agent)
    .bind(&session.address)
    .execute(write.in_time())
    .await
    .map(drop)
}

/// Makes room for the session and stores it. One that was inserted before stays as it is.
async fn insert(
    write: &mut Write,
    row: &SessionRow,
    replaces: Option<&str>,
) -> Result<(), sqlx::Error> {
    query(
        "DELETE FROM sessions WHERE user_id = $1 AND id NOT IN (SELECT id FROM sessions \
         WHERE user_id = $1 ORDER BY seen_at DESC LIMIT $2)",
    )
    .bind(&row.user_id)
    .bind(LOG_INS_MAX - 1)
    .execute(write.in_time())
    .await?;
    query(
        "INSERT INTO sessions (id, log_in_id, user_id, created_at, authenticated_at, seen_at, \
                               expires_at, remember_id, forced, user_agent, address, replaces) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&row.id)
    .bind(&row.log_in_id)
    .bind(&row.user_id)
    .bind(row.created_at)
    .bind(row.authenticated_at)
    .bind(row.seen_at)
    .bind(row.expires_at)
    .bind(&row.remember_id)
    .bind(i64::from(row.forced))
    .bind(&row.user_agent)
    .bind(&row.address)
    .bind(replaces)
    .execute(write.in_time())
    .await
    .map(drop)
}

/// The session, with the one that it became, its family, and the other family; what belongs to a family goes with it.
async fn end(
    write: &mut Write,
    session: Option<&str>,
    family: Option<&str>,
) -> Result<(), sqlx::Error> {
    if let Some(id) = session {
        for mine in [
            "DELETE FROM remembered WHERE id IN (SELECT remember_id FROM sessions \
                 WHERE id = $1 OR replaces = $1 OR log_in_id = $1)",
            "DELETE FROM sessions WHERE id = $1 OR replaces = $1 OR log_in_id = $1",
        ] {
            query(mine).bind(id).execute(write.in_time()).await?;
        }
    }
    if let Some(id) = family {
        query("DELETE FROM remembered WHERE id = $1")
            .bind(id)
            .execute(write.in_time())
            .await?;
    }
    Ok(())
}

fn session(row: &AnyRow) -> Result<SessionRow, sqlx::Error> {
    Ok(SessionRow {
        id: row.try_get("session_id")?,
        log_in_id: row.try_get("log_in_id")?,
        user_id: row.try_get("id")?,
        created_at: row.try_get("created_at")?,
        authenticated_at: row.try_get("authenticated_at")?,
        seen_at: row.try_get("seen_at")?,
        expires_at: row.try_get("expires_at")?,
        remember_id: row.try_get("remember_id")?,
        forced: row.try_get::<i64, _>("forced")? == 1,
        user_agent: row.try_get("user_agent")?,
        address: row.try_get("address")?,
    })
}

fn remembered(id: String, row: &AnyRow) -> Result<RememberRow, sqlx::Error> {
    Ok(RememberRow {
        id,
        user_id: row.try_get("id")?,
        generation: row.try_get("generation")?,
        confirmed: row.try_get::<i64, _>("confirmed")? == 1,
        rotated_at: row.try_get("rotated_at")?,
        lasts: row.try_get("lasts")?,
        expires_at: row.try_get("remembered_until")?,
    })
}
