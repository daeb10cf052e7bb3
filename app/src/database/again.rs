//! Core. Runs again what failed because its connection had ended while it lay in the pool, as after a fail-over of the server.
//! A write that failed with its connection may have been done, so it is not run again.

use std::io::ErrorKind;

use sqlx::any::AnyArguments;
use sqlx::{Any, Error, Execute, SqlStr, query_with};

use super::timeout::with_timeout;
use super::{Database, Query};

/// A statement that can be run more than once.
struct Statement {
    sql: SqlStr,
    arguments: AnyArguments,
}

impl Statement {
    /// # Errors
    /// A parameter could not be encoded.
    fn of(mut query: Query<'_>) -> Result<Self, Error> {
        let arguments = Execute::<Any>::take_arguments(&mut query).map_err(Error::Encode)?;
        Ok(Self {
            arguments: arguments.unwrap_or_default(),
            sql: Execute::<Any>::sql(query),
        })
    }

    /// Whether it only reads: an `INSERT .. RETURNING` also has rows.
    fn is_select(&self) -> bool {
        let word = self.sql.as_str().split_whitespace().next();
        word.is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
    }

    fn query(&self) -> Query<'static> {
        let mut arguments = AnyArguments::default();
        arguments.values.0.clone_from(&self.arguments.values.0);
        query_with(self.sql.clone(), arguments)
    }
}

impl Database {
    /// Runs `query` by `fetch`, and again if it is a `SELECT` whose connection had ended.
    ///
    /// # Errors
    /// Those of `fetch`, or a time-out.
    pub(super) async fn fetch<T, W>(
        &self,
        query: Query<'_>,
        fetch: impl Fn(Query<'static>) -> W,
    ) -> Result<T, Error>
    where
        W: Future<Output = Result<T, Error>>,
    {
        let statement = Statement::of(query)?;
        self.again(statement.is_select(), || fetch(statement.query()))
            .await
    }

    /// Runs `work`, and again on another connection for each that had ended, if it `writes_nothing`. The pool drops these.
    ///
    /// # Errors
    /// Those of `work`, or a time-out.
    pub(super) async fn again<T, W>(
        &self,
        writes_nothing: bool,
        work: impl Fn() -> W,
    ) -> Result<T, Error>
    where
        W: Future<Output = Result<T, Error>>,
    {
        let more = u32::from(writes_nothing) * self.engine.connections();
        let done = async {
            for _ in 0..more {
                match work().await {
                    Err(error) if has_ended(&error) => {}
                    done => return done,
                }
            }
            work().await
        };
        Box::pin(with_timeout(done)).await
    }
}

/// Whether the server, or something in between, had ended the connection. The codes are PostgreSQL's (appendix A of its manual):
/// `admin_shutdown`, `crash_shutdown` and `idle_session_timeout`.
fn has_ended(error: &Error) -> bool {
    match error {
        Error::Database(error) => {
            matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P05"))
        }
        Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::BrokenPipe
                | ErrorKind::ConnectionAborted
                | ErrorKind::ConnectionReset
                | ErrorKind::UnexpectedEof
        ),
        _ => false,
    }
}
