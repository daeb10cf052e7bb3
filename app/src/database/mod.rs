//! Core. The database: the pool, migrations, time-outs, and permits for writers.
//!
//! Statements are `sqlx::query(..)` texts for both engines (`engine.rs`). Run them with the methods of [`Database`], or of
//! a [`WriteTransaction`]; each is given up after a time-out.

mod again;
mod batches;
mod columns;
mod engine;
mod timeout;

use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyArguments, AnyPoolOptions, AnyRow};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Error, Executor, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use columns::Columns;
use engine::Engine;
use timeout::{PING_TIMEOUT, with_timeout, within};

/// A statement with its parameters.
pub type Query<'q> = sqlx::query::Query<'q, Any, AnyArguments>;

/// How long a writer waits for its permit.
const PERMIT_TIMEOUT: Duration = Duration::from_secs(2);

/// The same for a write that may be skipped; most writes of others are done within this time.
const SKIPPABLE_TIMEOUT: Duration = Duration::from_millis(250);

/// How long a connection may lie unused before it is asked whether it is alive. One that ends sooner is replaced
/// (`again.rs`), and one that falls silent is noticed by the time-out of the statement.
const IDLE: Duration = Duration::from_secs(1);

/// How long a server waits before it tries to migrate again, when another server was first.
const MIGRATION_PAUSE: Duration = Duration::from_millis(100);

/// The core's migrations and the app's have separate numbers and histories, so that new ones do not collide.
static CORE_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/core");
static APP_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/app");
const CORE_HISTORY: &str = "_core_migrations";
const APP_HISTORY: &str = "_app_migrations";

/// Whether `url` names an engine that can be opened here.
pub fn is_supported(url: &str) -> bool {
    Engine::of(url).is_ok()
}

/// The pool. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    /// For code that needs its own connection.
    pub pool: AnyPool,
    engine: Engine,
    /// A writer that waits for a permit holds no connection, so readers always find one.
    writers: Arc<Semaphore>,
}

/// A transaction that writes. Rolled back unless it is committed.
pub struct WriteTransaction {
    transaction: Transaction<'static, Any>,
    _permit: OwnedSemaphorePermit,
}

impl WriteTransaction {
    /// The number of rows it affected.
    ///
    /// # Errors
    /// The database's, or a time-out.
    pub async fn execute(&mut self, query: Query<'_>) -> Result<u64, Error> {
        let done = with_timeout(query.execute(&mut *self.transaction)).await?;
        Ok(done.rows_affected())
    }

    /// # Errors
    /// The database's, or a time-out.
    pub async fn fetch_optional(&mut self, query: Query<'_>) -> Result<Option<AnyRow>, Error> {
        with_timeout(query.fetch_optional(&mut *self.transaction)).await
    }

    /// # Errors
    /// The database's, or a time-out.
    pub async fn fetch_all(&mut self, query: Query<'_>) -> Result<Vec<AnyRow>, Error> {
        with_timeout(query.fetch_all(&mut *self.transaction)).await
    }

    /// # Errors
    /// The database's: nothing was written. Or a time-out: whether it was written is unknown.
    pub async fn commit(self) -> Result<(), Error> {
        with_timeout(self.transaction.commit()).await
    }
}

impl Database {
    /// Opens the database behind `url` and migrates it. Servers that start at the same
    /// time migrate one after the other.
    ///
    /// # Errors
    /// The URL names no supported engine, or the database cannot be opened or migrated.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let engine = Engine::of(url)?;
        sqlx::any::install_default_drivers();
        for _ in 1..engine.attempts() {
            if let Ok(database) = Self::open_once(url, engine).await {
                return Ok(database);
            }
            tokio::time::sleep(MIGRATION_PAUSE).await;
        }
        Self::open_once(url, engine).await
    }

    async fn open_once(url: &str, engine: Engine) -> Result<Self, Error> {
        let address = engine.address(url);
        // No time-out for migrations: only the start of the server waits for them.
        let mut connection = with_timeout(AnyConnection::connect(&address)).await?;
        for (migrations, history) in [
            (&CORE_MIGRATIONS, CORE_HISTORY),
            (&APP_MIGRATIONS, APP_HISTORY),
        ] {
            let mut migrations = Migrator::with_migrations(migrations.iter().cloned().collect());
            migrations.dangerous_set_table_name(history);
            migrations.run(&mut connection).await?;
        }
        connection.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(engine.connections())
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(engine.settings()).await.map(drop) })
            })
            // A connection that no longer answers is dropped after a second; TCP itself would take a quarter of an hour.
            .test_before_acquire(false)
            .before_acquire(move |connection, used| {
                let was_idle = used.idle_for > IDLE;
                Box::pin(is_alive(connection, engine.can_be_cut() && was_idle))
            })
            .after_release(move |connection, _| Box::pin(is_alive(connection, engine.can_be_cut())))
            .connect(&address)
            .await?;
        Ok(Self {
            pool,
            engine,
            writers: Arc::new(Semaphore::new(engine.writers())),
        })
    }

    /// # Errors
    /// The database's, or a time-out.
    pub async fn fetch_optional(&self, query: Query<'_>) -> Result<Option<AnyRow>, Error> {
        self.fetch(query, |query| query.fetch_optional(&self.pool))
            .await
    }

    /// The row that must exist. The error becomes a 404.
    ///
    /// # Errors
    /// The database's, a time-out, or `RowNotFound`.
    pub async fn fetch_one(&self, query: Query<'_>) -> Result<AnyRow, Error> {
        self.fetch(query, |query| query.fetch_one(&self.pool)).await
    }

    /// # Errors
    /// The database's, or a time-out.
    pub async fn fetch_all(&self, query: Query<'_>) -> Result<Vec<AnyRow>, Error> {
        self.fetch(query, |query| query.fetch_all(&self.pool)).await
    }

    /// Runs a single statement that writes. The number of rows it affected.
    ///
    /// # Errors
    /// The database's, a time-out, or other writers held every permit for too long.
    pub async fn write(&self, query: Query<'_>) -> Result<u64, Error> {
        let _permit = self.write_permit().await?;
        let done = with_timeout(query.execute(&self.pool)).await?;
        Ok(done.rows_affected())
    }

    /// As [`Self::write`], for a row that must exist, such as an UPDATE or DELETE by id and owner. The error becomes a 404.
    ///
    /// # Errors
    /// As [`Self::write`], and `RowNotFound`.
    pub async fn write_one(&self, query: Query<'_>) -> Result<(), Error> {
        match self.write(query).await? {
            0 => Err(Error::RowNotFound),
            _ => Ok(()),
        }
    }

    /// As [`Self::write`], for a write that may be skipped. `None`: skipped, because other writers held every permit.
    ///
    /// # Errors
    /// The database's, or a time-out.
    pub async fn try_write(&self, query: Query<'_>) -> Result<Option<u64>, Error> {
        let Some(_permit) = self.permit_within(SKIPPABLE_TIMEOUT).await else {
            return Ok(None);
        };
        let done = with_timeout(query.execute(&self.pool)).await?;
        Ok(Some(done.rows_affected()))
    }

    /// # Errors
    /// The database's, a time-out, or other writers held every permit for too long.
    pub async fn begin_write(&self) -> Result<WriteTransaction, Error> {
        let permit = self.write_permit().await?;
        let begin = || self.pool.begin_with(self.engine.begin_write());
        let transaction = self.again(true, begin).await?;
        Ok(WriteTransaction {
            transaction,
            _permit: permit,
        })
    }

    async fn write_permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        let permit = self.permit_within(PERMIT_TIMEOUT).await;
        permit.ok_or(Error::PoolTimedOut)
    }

    async fn permit_within(&self, time: Duration) -> Option<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.writers).acquire_owned();
        tokio::time::timeout(time, permit).await.ok()?.ok()
    }

    /// Whether the database answers within a second.
    pub async fn is_ready(&self) -> bool {
        let ask = || self.pool.execute("SELECT 1");
        within(PING_TIMEOUT, self.again(true, ask)).await.is_ok()
    }
}

/// Asks the connection, if it is `doubtful`.
async fn is_alive(connection: &mut AnyConnection, doubtful: bool) -> Result<bool, Error> {
    if doubtful {
        within(PING_TIMEOUT, connection.ping()).await?;
    }
    Ok(true)
}
