//! Core. Reads the columns of a row from left to right.

use sqlx::any::AnyRow;
use sqlx::{Any, Decode, Error, Row, Type};

/// The columns of a row that have not been read yet.
pub struct Columns<'r> {
    row: &'r AnyRow,
    next: usize,
}

impl<'r> Columns<'r> {
    pub const fn of(row: &'r AnyRow) -> Self {
        Self { row, next: 0 }
    }

    /// How many have been read.
    pub const fn read(&self) -> usize {
        self.next
    }

    /// The next column: `i64`, `f64`, `String`, or an `Option` of these where it may be NULL.
    ///
    /// # Errors
    /// There is no further column, or it is of another type.
    #[expect(
        clippy::should_implement_trait,
        reason = "the columns have different types"
    )]
    pub fn next<T: Decode<'r, Any> + Type<Any>>(&mut self) -> Result<T, Error> {
        let column = self.row.try_get(self.next)?;
        self.next += 1;
        Ok(column)
    }

    /// The next column as a truth value: BIGINT 0 or 1.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn next_bool(&mut self) -> Result<bool, Error> {
        Ok(self.next::<i64>()? == 1)
    }
}
