//! Core. The list of a user's logins, one for each device, over the tables `sessions` and `remembered`.

use sqlx::any::AnyRow;
use sqlx::query;

use super::{Authenticated, Store, is_id};
use crate::auth::error::AuthError;
use crate::auth::records::ActiveSession;
use crate::database::{Columns, WriteTransaction};

impl Store {
    /// Every session of the user of a request, and every remembered device without a session, most recently seen first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn active_sessions(
        &self,
        here: &Authenticated,
        now: i64,
    ) -> Result<Vec<ActiveSession>, AuthError> {
        let sessions = query(
            "SELECT COALESCE(remember_id, login_id) AS id, MAX(user_agent), MAX(address), MAX(remember_id), \
                    MIN(created_at), MAX(seen_at) AS seen_at \
             FROM sessions WHERE user_id = $1 AND expires_at > $2 \
             GROUP BY COALESCE(remember_id, login_id) \
             UNION ALL \
             SELECT id, user_agent, address, id, created_at, rotated_at AS seen_at \
             FROM remembered WHERE user_id = $1 AND expires_at > $2 AND NOT EXISTS \
                 (SELECT 1 FROM sessions WHERE sessions.remember_id = remembered.id \
                      AND sessions.expires_at > $2) \
             ORDER BY seen_at DESC, id",
        )
        .bind(&here.user().id)
        .bind(now);
        let rows = self.database.fetch_all(sessions).await?;
        let current = id_of(here);
        let sessions = rows.iter().map(|row| active_session(row, current));
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// Ends one login of the user of a request, with its token family. `false`: the user has no login with this id.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: the request's own session has ended concurrently; or the database failed.
    pub async fn end_active_session(
        &self,
        here: &Authenticated,
        id: &str,
    ) -> Result<bool, AuthError> {
        if !is_id(id) {
            return Ok(false);
        }
        let mut write = self.begin_in_session(here).await?;
        let mut ended = 0;
        for rows in [
            "DELETE FROM remembered WHERE id = $1 AND user_id = $2",
            "DELETE FROM sessions WHERE login_id = $1 AND user_id = $2",
        ] {
            let rows = query(rows).bind(id).bind(&here.user().id);
            ended += write.execute(rows).await?;
        }
        write.commit().await?;
        Ok(ended > 0)
    }

    /// Ends every login of the user but the request's own.
    ///
    /// # Errors
    /// As [`Self::end_active_session`].
    pub async fn end_other_sessions(&self, here: &Authenticated) -> Result<(), AuthError> {
        let mut write = self.begin_in_session(here).await?;
        delete_other_logins(&mut write, here).await?;
        write.commit().await?;
        Ok(())
    }
}

/// The id of the request's session in the list. It is the hash of a token, so it cannot be used to log in.
fn id_of(here: &Authenticated) -> &str {
    here.session.as_ref().map_or("", |row| {
        row.remember_id.as_deref().unwrap_or(&row.login_id)
    })
}

fn active_session(row: &AnyRow, current: &str) -> Result<ActiveSession, sqlx::Error> {
    let mut columns = Columns::of(row);
    let id: String = columns.next()?;
    Ok(ActiveSession {
        current: id == current,
        id,
        user_agent: columns.next()?,
        address: columns.next()?,
        remembered: columns.next::<Option<String>>()?.is_some(),
        created_at: columns.next()?,
        seen_at: columns.next()?,
    })
}

/// Deletes every session and token family of the user but those of the request.
pub(super) async fn delete_other_logins(
    write: &mut WriteTransaction,
    here: &Authenticated,
) -> Result<(), sqlx::Error> {
    let session = here.session.as_ref().map_or("", |row| &row.id);
    for (rows, kept) in [
        (
            "DELETE FROM remembered WHERE user_id = $1 AND id <> $2",
            id_of(here),
        ),
        (
            "DELETE FROM sessions WHERE user_id = $1 AND id <> $2",
            session,
        ),
    ] {
        let rows = query(rows).bind(&here.user().id).bind(kept);
        write.execute(rows).await?;
    }
    Ok(())
}
