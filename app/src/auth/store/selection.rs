//! Core. How an account is selected: the core's columns of `users`, and after them the app's (`users/row.rs`).

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::Account;
use crate::database::Columns;
use crate::users::row;

/// What [`account`] reads, before the app's columns.
const CORE_COLUMNS: [&str; 5] = ["id", "email", "is_active", "delete_at", "password_version"];

/// `SELECT` with the columns that [`account`] reads, before `rest`: more columns, and `FROM users ..`.
pub(super) fn select_accounts(rest: &str) -> SqlStr {
    let names = CORE_COLUMNS.iter().chain(row::COLUMNS);
    let columns: Vec<String> = names.map(|name| format!("users.{name}")).collect();
    constant(format!("SELECT {}, {rest}", columns.join(", ")))
}

/// The only place that builds a query from parts; all of them are constants of this program.
pub(super) fn constant(sql: String) -> SqlStr {
    AssertSqlSafe(sql).into_sql_str()
}

/// Reads an account from the columns of [`select_accounts`].
pub(super) fn account(columns: &mut Columns) -> Result<Account, sqlx::Error> {
    let (id, email) = (columns.next()?, columns.next()?);
    let is_active = columns.next_bool()?;
    let delete_at: Option<i64> = columns.next()?;
    let password_version = columns.next()?;
    let before = columns.read();
    let user = row::from_row(id, email, is_active && delete_at.is_none(), columns)?;
    if columns.read() - before != row::COLUMNS.len() {
        let error = "users/row.rs: from_row reads other columns than COLUMNS names";
        return Err(sqlx::Error::Protocol(error.into()));
    }
    Ok(Account {
        user,
        password_version,
        // The operator's deactivation is told first, and no link undoes it.
        delete_at: delete_at.filter(|_| is_active),
    })
}
