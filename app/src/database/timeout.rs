//! Core. Limits every wait for the database, whether its server, its host or the network does not answer.

use std::io;
use std::time::Duration;

use sqlx::Error;

/// For a statement, with the connection it needs. Together with the wait for a write permit this stays below five seconds;
/// sqlx itself waits thirty seconds for a connection, and without limit for an answer.
const STATEMENT_TIMEOUT: Duration = Duration::from_millis(2500);

/// For a connection to show that it is alive.
pub(super) const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// # Errors
/// Those of `work`, or a time-out after [`STATEMENT_TIMEOUT`].
pub(super) async fn with_timeout<T>(
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    within(STATEMENT_TIMEOUT, work).await
}

/// # Errors
/// Those of `work`, or a time-out after `time`.
pub(super) async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let done = tokio::time::timeout(time, work).await;
    done.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}
