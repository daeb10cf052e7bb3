//! Core. The table `form_values`: what was typed into a refused form and is too long for a cookie.

use sqlx::{Row, query};

use super::{Store, is_id};
use crate::auth::config::{ALL_FORM_VALUES_MAX, FORM_VALUES, FORM_VALUES_MAX, seconds};
use crate::auth::error::AuthError;
use crate::auth::session::random_id;

impl Store {
    /// Stores `fields` (JSON) for the next page, and returns the id to fetch them by. `None`: the limit of this network or of
    /// all networks is reached, or other writers are busy.
    ///
    /// # Errors
    /// The database failed.
    pub async fn store_form_values(
        &self,
        network: &str,
        fields: &str,
        now: i64,
    ) -> Result<Option<String>, AuthError> {
        let id = random_id()?;
        let insert = query(
            "INSERT INTO form_values (id, network, fields, expires_at) \
             SELECT $1, $2, $3, $4 \
             WHERE (SELECT COUNT(*) FROM form_values WHERE network = $2 AND expires_at > $5) < $6 \
               AND (SELECT COUNT(*) FROM form_values WHERE expires_at > $5) < $7",
        )
        .bind(&id)
        .bind(network)
        .bind(fields)
        .bind(now + seconds(FORM_VALUES))
        .bind(now)
        .bind(FORM_VALUES_MAX)
        .bind(ALL_FORM_VALUES_MAX);
        let stored = self.database.try_write(insert).await?;
        Ok(stored.filter(|&rows| rows > 0).map(|_| id))
    }

    /// The fields that were stored under `id`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn form_values(&self, id: &str, now: i64) -> Result<Option<String>, AuthError> {
        if !is_id(id) {
            return Ok(None);
        }
        let find = query("SELECT fields FROM form_values WHERE id = $1 AND expires_at > $2")
            .bind(id)
            .bind(now);
        let row = self.database.fetch_optional(find).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
