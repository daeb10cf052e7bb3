//! Yours. Nothing waits longer for the database than a visitor may be kept waiting, whatever it is that does not answer:
//! the server, its host, or the network between.

use std::io;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt, iter, once};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, Describe, Either, Error, Execute, Executor, SqlStr};

/// For a statement, with the connection it needs. Added to the wait of a writer for its turn that is less than five
/// seconds; sqlx waits thirty for a connection, and for ever for an answer.
const PATIENCE: Duration = Duration::from_millis(2500);

/// For a connection to show that it is still one.
pub(super) const PING: Duration = Duration::from_secs(1);

/// # Errors
/// Those of `work`, or that it takes longer than a visitor may wait.
pub(super) async fn in_time<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    within(PATIENCE, work).await
}

/// # Errors
/// Those of `work`, or that it takes longer than `time`.
pub(super) async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let done = tokio::time::timeout(time, work).await;
    done.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// Runs statements as the executor within does, and gives up the one that takes too long.
#[derive(Debug)]
pub struct InTime<E>(pub(super) E);

impl<'c, E: Executor<'c, Database = Any> + 'c> Executor<'c> for InTime<E> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, Q>(
        self,
        query: Q,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'c: 'e,
        Q: 'q + Execute<'q, Any>,
    {
        let all = in_time(self.0.fetch_many(query).try_collect::<Vec<_>>());
        let each = once(all).map_ok(|all| iter(all.into_iter().map(Ok)));
        each.try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, Q>(self, query: Q) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'c: 'e,
        Q: 'q + Execute<'q, Any>,
    {
        Box::pin(in_time(self.0.fetch_optional(query)))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(in_time(self.0.prepare_with(sql, parameters)))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, Error>>
    where
        'c: 'e,
    {
        Box::pin(in_time(self.0.describe(sql)))
    }
}
