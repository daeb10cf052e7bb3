//! Yours. Opens the pool and migrates; the only file that names an engine.
//!
//! `DATABASE_URL` chooses the engine at run time. Every query is one text for both, so it keeps to what both know:
//! `$n` parameters, `ON CONFLICT`, `BIGINT` and `TEXT`.

mod in_time;

use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::auth::AuthError;
use in_time::{InTime, PING, in_time, within};

/// How long a writer waits for its turn.
const WAIT: Duration = Duration::from_secs(2);

/// The same for what need not be written: a usual write is over by then.
const SPARE_WAIT: Duration = Duration::from_millis(250);

/// How long a server waits that lost its turn to migrate.
const TURN: Duration = Duration::from_millis(100);

/// What of the engines differs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn of(url: &str) -> Option<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }

    /// SQLite writes one at a time, so more connections would only wait for each other.
    const fn connections(self) -> u32 {
        match self {
            Self::Sqlite => 8,
            Self::Postgres => 16,
        }
    }

    /// Transactions that write at once.
    const fn writers(self) -> usize {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 8,
        }
    }

    /// Said to each new connection.
    const fn settings(self) -> &'static str {
        match self {
            // WAL lets readers and a writer pass each other. `FULL` keeps a log out through a power cut, not only
            // through a crash. A writer waits its turn for two seconds.
            Self::Sqlite => {
                "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            }
            // It gives up when we do, and no transaction that somebody forgot holds locks.
            Self::Postgres => {
                "SET statement_timeout = '2s'; SET idle_in_transaction_session_timeout = '5s';"
            }
        }
    }

    /// How often it is opened before that has failed. Of servers that migrate at once PostgreSQL lets one wait for the
    /// other; with SQLite the later one fails, and finds everything done when it comes again.
    const fn turns(self) -> usize {
        match self {
            Self::Sqlite => 10,
            Self::Postgres => 1,
        }
    }

    /// SQLite must ask for the write lock at once: it cannot wait for it later without breaking what was already read.
    const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// The file of SQLite is made if it is not there.
    fn address(self, url: &str) -> String {
        match self {
            Self::Sqlite if url.contains('?') => format!("{url}&mode=rwc"),
            Self::Sqlite => format!("{url}?mode=rwc"),
            Self::Postgres => url.to_owned(),
        }
    }
}

/// Whether `url` is of an engine that can be opened here.
pub fn knows(url: &str) -> bool {
    Engine::of(url).is_some()
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Database {
    /// For whoever needs a connection of their own.
    pub pool: AnyPool,
    engine: Engine,
    /// Who waits for a lock holds no connection meanwhile: readers always find one.
    writers: Arc<Semaphore>,
}

/// A transaction that is going to write. Rolled back unless it is committed.
pub struct Write {
    transaction: Transaction<'static, Any>,
    _turn: OwnedSemaphorePermit,
}

impl Write {
    /// Runs the next statement.
    pub fn in_time(&mut self) -> InTime<&mut AnyConnection> {
        InTime(&mut *self.transaction)
    }

    /// # Errors
    /// As any query; then nothing was written.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        in_time(self.transaction.commit()).await
    }
}

impl Database {
    /// Opens the database behind `url` (`sqlite:path` or `postgres://..`) and migrates it; servers that start at once
    /// take turns.
    ///
    /// # Errors
    /// The URL is of no known engine, or the database cannot be opened or migrated.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let engine = Engine::of(url)
            .ok_or_else(|| sqlx::Error::Configuration("neither SQLite nor PostgreSQL".into()))?;
        sqlx::any::install_default_drivers();
        for _ in 1..engine.turns() {
            if let Ok(database) = Self::open_once(url, engine).await {
                return Ok(database);
            }
            tokio::time::sleep(TURN).await;
        }
        Self::open_once(url, engine).await
    }

    async fn open_once(url: &str, engine: Engine) -> Result<Self, sqlx::Error> {
        let address = engine.address(url);
        // Nobody waits for a migration but the server itself: it takes the time it takes.
        let mut connection = in_time(AnyConnection::connect(&address)).await?;
        sqlx::migrate!("./migrations").run(&mut connection).await?;
        connection.close().await?;
        let pool = AnyPoolOptions::new()
            .max_connections(engine.connections())
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(engine.settings()).await.map(drop) })
            })
            // One that went silent is given up before the network does so, which takes a quarter of an hour.
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(is_there(connection)))
            .after_release(|connection, _| Box::pin(is_there(connection)))
            .connect(&address)
            .await?;
        Ok(Self {
            pool,
            engine,
            writers: Arc::new(Semaphore::new(engine.writers())),
        })
    }

    /// Runs a statement that stands alone.
    pub const fn in_time(&self) -> InTime<&AnyPool> {
        InTime(&self.pool)
    }

    /// A transaction that is going to write.
    ///
    /// # Errors
    /// As any query.
    pub async fn begin_write(&self) -> Result<Write, sqlx::Error> {
        let turn = self.turn().await?;
        let transaction = in_time(self.pool.begin_with(self.engine.begin_write())).await?;
        Ok(Write {
            transaction,
            _turn: turn,
        })
    }

    /// A turn to write a single statement, until it is dropped.
    ///
    /// # Errors
    /// Others were writing all the time.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, sqlx::Error> {
        let turn = self.turn_within(WAIT).await;
        turn.ok_or(sqlx::Error::PoolTimedOut)
    }

    /// The same for what may as well be written the next time. `None`: others have been writing for longer than that is
    /// worth.
    pub async fn spare_turn(&self) -> Option<OwnedSemaphorePermit> {
        self.turn_within(SPARE_WAIT).await
    }

    async fn turn_within(&self, time: Duration) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.writers).acquire_owned();
        tokio::time::timeout(time, turn).await.ok()?.ok()
    }

    /// Whether it answers within a second.
    pub async fn is_ready(&self) -> bool {
        within(PING, self.pool.execute("SELECT 1")).await.is_ok()
    }
}

async fn is_there(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    within(PING, connection.ping()).await.map(|()| true)
}

/// The one place where a database failure meets a visitor: the log gets the cause, the visitor gets a code.
impl From<sqlx::Error> for AuthError {
    fn from(error: sqlx::Error) -> Self {
        if error
            .as_database_error()
            .is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
        {
            // Something was to be stored for a user who was deleted at this very moment.
            return Self::LoginRequired;
        }
        tracing::error!(%error, "the database did not answer");
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) => Self::Unexpected,
            _ => Self::Unavailable,
        }
    }
}
