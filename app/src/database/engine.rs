//! Core. What differs between SQLite and PostgreSQL; the only file that names an engine.
//!
//! `DATABASE_URL` selects the engine at run time. Every query is one text for both, so it uses what both understand:
//! `$n` parameters, `ON CONFLICT`, `RETURNING`, `BIGINT` and `TEXT`.

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// # Errors
    /// The URL is of neither.
    pub fn of(url: &str) -> Result<Self, sqlx::Error> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            _ => Err(sqlx::Error::Configuration(
                "neither SQLite nor PostgreSQL".into(),
            )),
        }
    }

    /// SQLite writes one at a time, so more connections would only wait for each other.
    pub const fn connections(self) -> u32 {
        match self {
            Self::Sqlite => 8,
            Self::Postgres => 16,
        }
    }

    /// Transactions that write at the same time.
    pub const fn writers(self) -> usize {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => 8,
        }
    }

    /// Whether a connection can fall silent: that to a server can, a file always answers.
    pub const fn can_be_cut(self) -> bool {
        matches!(self, Self::Postgres)
    }

    /// Sent to each new connection.
    pub const fn settings(self) -> &'static str {
        match self {
            // In WAL mode readers and a writer do not block each other. `FULL` keeps a committed logout through a power
            // failure, not only through a crash.
            Self::Sqlite => {
                "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; \
                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            }
            // The server gives up when this program does, and an abandoned transaction holds no locks.
            Self::Postgres => {
                "SET statement_timeout = '2s'; SET idle_in_transaction_session_timeout = '5s';"
            }
        }
    }

    /// How often opening is tried. When several servers migrate at once, PostgreSQL lets one wait for the other; with
    /// SQLite the later one fails, and finds the migrations done when it tries again.
    pub const fn attempts(self) -> usize {
        match self {
            Self::Sqlite => 10,
            Self::Postgres => 1,
        }
    }

    /// SQLite must take the write lock at once: upgrading a read transaction fails when another writer was first.
    pub const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// SQLite creates its file when it is missing.
    pub fn address(self, url: &str) -> String {
        match self {
            Self::Sqlite if url.contains('?') => format!("{url}&mode=rwc"),
            Self::Sqlite => format!("{url}?mode=rwc"),
            Self::Postgres => url.to_owned(),
        }
    }
}
