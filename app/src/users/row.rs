//! Yours. How a user is stored: your columns of the table `users`, after the core's.
//!
//! A new field is a migration in `migrations/app`, a field of [`User`], and a line in `COLUMNS`, `from_row` and `bind`.

use super::User;
use crate::auth::config::NAME_MAX;
use crate::auth::visible_text;
use crate::database::{Columns, Query};
use crate::error::{AppError, Error};

/// Your columns, in the order in which the functions below read and write them.
pub(crate) const COLUMNS: &[&str] = &["name"];

/// The user of a row. The core reads its own columns, and then these.
pub(crate) fn from_row(
    id: String,
    email: String,
    is_active: bool,
    columns: &mut Columns,
) -> Result<User, sqlx::Error> {
    Ok(User {
        id,
        email,
        is_active,
        name: columns.next()?,
    })
}

/// Checks your fields of a sign-up.
pub(crate) fn check(mut user: User) -> Result<User, Error> {
    user.name = visible_text(&user.name, NAME_MAX).ok_or(AppError::InvalidName)?;
    Ok(user)
}

/// What a sign-up stores in your columns.
pub(crate) fn bind<'q>(query: Query<'q>, user: &User) -> Query<'q> {
    query.bind(user.name.clone())
}
