//! Yours. Where a user is logged in: the rows, one for each device, and how the user ends them.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::store::is_id;
use super::{ActiveSession, Users};
use crate::auth::{AuthError, Loaded};

impl Users {
    /// Everything that is logged in as `user` or would be brought back by a remember cookie, last seen first. `here` is
    /// the request that asks.
    ///
    /// # Errors
    /// The database could not answer.
    pub async fn active_sessions(
        &self,
        here: &Loaded,
        now: i64,
    ) -> Result<Vec<ActiveSession>, AuthError> {
        let rows = query(
            "SELECT COALESCE(remember_id, log_in_id) AS id, MAX(remember_id) AS remember_id, \
                    MAX(user_agent) AS user_agent, MAX(address) AS address, \
                    MIN(created_at) AS created_at, MAX(seen_at) AS seen_at \
             FROM sessions WHERE user_id = $1 AND expires_at > $2 \
             GROUP BY COALESCE(remember_id, log_in_id) \
             UNION ALL \
             SELECT id, id AS remember_id, user_agent, address, created_at, rotated_at AS seen_at \
             FROM remembered WHERE user_id = $1 AND expires_at > $2 AND NOT EXISTS \
                 (SELECT 1 FROM sessions WHERE sessions.remember_id = remembered.id \
                      AND sessions.expires_at > $2) \
             ORDER BY seen_at DESC, id",
        )
        .bind(&here.user.id)
        .bind(now)
        .fetch_all(self.database.in_time())
        .await?;
        let current = id_of(here);
        let sessions = rows.iter().map(|row| active_session(row, current));
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// Ends one of the user's who is `here`, with whatever its device was remembered by. `false`: there was none of that
    /// id.
    ///
    /// # Errors
    /// [`AuthError::LoginRequired`]: this one has ended meanwhile, and ends no other.
    pub async fn end_active_session(&self, here: &Loaded, id: &str) -> Result<bool, AuthError> {
        if !is_id(id) {
            return Ok(false);
        }
        let mut write = self.begin_here(here).await?;
        let mut ended = 0;
        for rows in [
            "DELETE FROM remembered WHERE id = $1 AND user_id = $2",
            "DELETE FROM sessions WHERE log_in_id = $1 AND user_id = $2",
        ] {
            let done = query(rows)
                .bind(id)
                .bind(&here.user.id)
                .execute(write.in_time());
            ended += done.await?.rows_affected();
        }
        write.commit().await?;
        Ok(ended > 0)
    }

    /// Ends all of a user's but the one that asks.
    ///
    /// # Errors
    /// As there.
    pub async fn end_other_sessions(&self, here: &Loaded) -> Result<(), AuthError> {
        let session = here.session.as_ref().map_or("", |row| &row.id);
        let mut write = self.begin_here(here).await?;
        for (rows, but) in [
            (
                "DELETE FROM remembered WHERE user_id = $1 AND id <> $2",
                id_of(here),
            ),
            (
                "DELETE FROM sessions WHERE user_id = $1 AND id <> $2",
                session,
            ),
        ] {
            query(rows)
                .bind(&here.user.id)
                .bind(but)
                .execute(write.in_time())
                .await?;
        }
        write.commit().await?;
        Ok(())
    }
}

/// What the session of a request is called here. The id of a row is the hash of a token, and opens nothing.
fn id_of(here: &Loaded) -> &str {
    here.session.as_ref().map_or("", |row| {
        row.remember_id.as_deref().unwrap_or(&row.log_in_id)
    })
}

fn active_session(row: &AnyRow, current: &str) -> Result<ActiveSession, sqlx::Error> {
    let id: String = row.try_get("id")?;
    Ok(ActiveSession {
        current: id == current,
        id,
        device: device(row.try_get("user_agent")?),
        address: row.try_get("address")?,
        remembered: row.try_get::<Option<String>, _>("remember_id")?.is_some(),
        created_at: row.try_get("created_at")?,
        seen_at: row.try_get("seen_at")?,
    })
}

/// What people call a browser. The first word that fits decides: most browsers also claim to be those further down.
fn device(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        let fits = names.iter().find(|(word, _)| user_agent.contains(word));
        fits.map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "a Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => "An unknown browser".into(),
    }
}
