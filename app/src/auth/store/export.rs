//! Core. All that the login has stored of a user, for the user (GDPR, articles 15 and 20). No hash, and no secret.

use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::query;

use super::Store;
use crate::auth::error::AuthError;
use crate::database::Columns;

type Read = fn(&mut Columns) -> Result<Value, sqlx::Error>;

/// Each table with rows of users, what is read of it, and how.
const TABLES: [(&str, &str, Read); 5] = [
    (
        "sessions",
        "SELECT created_at, seen_at, expires_at, user_agent, address FROM sessions WHERE user_id = $1",
        |row| {
            Ok(json!({
                "created_at": row.next::<i64>()?,
                "seen_at": row.next::<i64>()?,
                "expires_at": row.next::<i64>()?,
                "user_agent": row.next::<String>()?,
                "address": row.next::<String>()?,
            }))
        },
    ),
    (
        "remembered",
        "SELECT created_at, rotated_at, expires_at, user_agent, address FROM remembered WHERE user_id = $1",
        |row| {
            Ok(json!({
                "created_at": row.next::<i64>()?,
                "used_at": row.next::<i64>()?,
                "expires_at": row.next::<i64>()?,
                "user_agent": row.next::<String>()?,
                "address": row.next::<String>()?,
            }))
        },
    ),
    (
        "access_tokens",
        "SELECT name, created_at, last_used_at, expires_at FROM access_tokens WHERE user_id = $1",
        |row| {
            Ok(json!({
                "name": row.next::<String>()?,
                "created_at": row.next::<i64>()?,
                "last_used_at": row.next::<Option<i64>>()?,
                "expires_at": row.next::<i64>()?,
            }))
        },
    ),
    (
        "history",
        "SELECT kind, at, user_agent, address FROM history WHERE user_id = $1",
        |row| {
            Ok(json!({
                "kind": row.next::<String>()?,
                "at": row.next::<i64>()?,
                "user_agent": row.next::<String>()?,
                "address": row.next::<String>()?,
            }))
        },
    ),
    (
        "links",
        "SELECT purpose, created_at, expires_at FROM links WHERE user_id = $1",
        |row| {
            Ok(json!({
                "purpose": row.next::<String>()?,
                "created_at": row.next::<i64>()?,
                "expires_at": row.next::<i64>()?,
            }))
        },
    ),
];

impl Store {
    /// The rows of a user in each table of the login, by the table's name. Times are Unix seconds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn export(&self, user_id: &str) -> Result<Vec<(&'static str, Value)>, AuthError> {
        let mut tables = Vec::new();
        for (name, select, read) in TABLES {
            let rows = self.database.fetch_all(query(select).bind(user_id)).await?;
            let values = rows.iter().map(|row: &AnyRow| read(&mut Columns::of(row)));
            let values: Vec<Value> = values.collect::<Result<_, _>>()?;
            tables.push((name, values.into()));
        }
        Ok(tables)
    }
}
