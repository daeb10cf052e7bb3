//! Yours. Opens the pool and migrates; the only file that names an engine.

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, Executor, Transaction};

use crate::auth::AuthError;

/// A visitor is told to come back sooner than a browser gives up; sqlx's own default is 30 seconds.
const ACQUIRE: Duration = Duration::from_secs(3);

/// SQLite writes one at a time, so more connections would only wait for each other.
const CONNECTIONS: u32 = 8;

/// WAL lets readers and a writer pass each other. `FULL` keeps a log out through a power cut, not only through a
/// crash. A writer waits its turn for two seconds.
const SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;";

/// Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pub pool: AnyPool,
}

impl Database {
    /// Opens the database behind `url` (`sqlite:path`), makes it if need be, and migrates it.
    ///
    /// # Errors
    /// The URL is of no known engine, or the database cannot be opened or migrated.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}mode=rwc");
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SQLITE).await.map(drop) })
            })
            .connect(&url)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        Ok(Self { pool })
    }

    /// A transaction that is going to write. It asks for the write lock at once: SQLite cannot wait for it later
    /// without breaking what was already read.
    ///
    /// # Errors
    /// As any query.
    pub async fn begin_write(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }
}

/// The one place where a database failure meets a visitor: the log gets the cause, the visitor gets a code.
impl From<sqlx::Error> for AuthError {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database did not answer");
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) => Self::Unexpected,
            _ => Self::Unavailable,
        }
    }
}
