//! Stored data survives new program versions, failed migrations and killed connections. Queries use keys, whatever the
//! number of rows, and a busy database does not make visitors wait.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use app::database::Database;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, Executor, Row, query, query_as, query_scalar};
use tempfile::TempDir;

use crate::reliability::outage::{check_unavailable, terminate_others};
use crate::support::load::timed;
use crate::support::program::free_address;
use crate::support::site::{
    OLDER_SECRET, SECRET, Settings, Site, TestDatabase, connect, empty_database, site, site_with,
};

/// The times in the rows of these tests, in Unix seconds: none has expired.
const LATER: i64 = 4_000_000_000;

/// A column: its table, name and type, and 1 if it is NOT NULL without a default.
type Column = (String, String, String, i64);

fn on_sqlite() -> bool {
    std::env::var_os("TEST_DATABASE_URL").is_none()
}

/// The migrations of `core` or `app`, with their history.
async fn migrations(whose: &str) -> Migrator {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/migrations");
    let mut migrations = Migrator::new(Path::new(folder).join(whose))
        .await
        .expect("migrations");
    migrations.dangerous_set_table_name(format!("_{whose}_migrations"));
    migrations
}

/// Every combination of newest migrations that a database of an earlier version can have, of the core and of the app.
async fn earlier_versions() -> Vec<(i64, i64)> {
    let core: Vec<i64> = migrations("core")
        .await
        .iter()
        .map(|one| one.version)
        .collect();
    let app: Vec<i64> = migrations("app")
        .await
        .iter()
        .map(|one| one.version)
        .collect();
    let (newest, older) = core
        .split_last()
        .expect("at least one migration of the core");
    let older = older.iter().map(|&core| (core, 0));
    let app = std::iter::once(0).chain(app);
    let mut versions: Vec<_> = older.chain(app.map(|app| (*newest, app))).collect();
    versions.pop();
    versions
}

/// A database with these newest migrations.
async fn database_of((core, app): (i64, i64), folder: &TempDir) -> TestDatabase {
    let url = empty_database(folder).await;
    if let Some(file) = url.strip_prefix("sqlite:") {
        File::create(file).expect("an empty file");
    }
    let mut connection = connect(&url).await;
    for (whose, version) in [("core", core), ("app", app)] {
        let migrations = migrations(whose).await;
        let done = migrations.run_to(version, &mut connection).await;
        done.expect("an older database");
    }
    connection.close().await.expect("closed");
    url
}

async fn database_of_today(folder: &TempDir) -> TestDatabase {
    let url = empty_database(folder).await;
    Database::open(&url).await.expect("a database");
    url
}

/// All columns of all tables, those of `users` first: the others refer to it.
async fn schema(url: &str) -> Vec<Column> {
    let columns = if on_sqlite() {
        "SELECT tables.name, columns.name, columns.type, columns.\"notnull\" AND columns.dflt_value IS NULL \
         FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns \
         WHERE tables.type = 'table' AND tables.name NOT LIKE '%_migrations' \
         ORDER BY tables.name <> 'users', 1, 2"
    } else {
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), \
                CASE WHEN is_nullable = 'NO' AND column_default IS NULL THEN 1 ELSE 0 END \
         FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '%_migrations' \
         ORDER BY table_name <> 'users', 1, 2"
    };
    let mut connection = connect(url).await;
    let columns = query_as(columns).fetch_all(&mut connection).await;
    columns.expect("columns")
}

/// Values for the required columns of a table: every text is `ada`, every number is `LATER`.
fn row_of(table: &[Column]) -> Vec<(&str, String)> {
    let must = table.iter().filter(|(.., must)| *must == 1);
    let cells = must.map(|(_, name, kind, _)| {
        let is_text = kind.eq_ignore_ascii_case("text");
        let value = if is_text {
            "'ada'".into()
        } else {
            LATER.to_string()
        };
        (name.as_str(), value)
    });
    cells.collect()
}

/// The error when the database is opened.
async fn refusal(url: &str) -> String {
    let refused = Database::open(url).await.err();
    refused.expect("a refusal").to_string()
}

#[tokio::test]
async fn a_database_of_any_earlier_version_is_migrated_with_its_data() {
    let folder = TempDir::new().unwrap();
    let today = schema(&database_of_today(&folder).await).await;
    let versions = earlier_versions().await;
    assert!(!versions.is_empty());
    for version in versions {
        let folder = TempDir::new().unwrap();
        let url = database_of(version, &folder).await;
        let then = schema(&url).await;
        let tables = || then.chunk_by(|one, next| one.0 == next.0);
        let mut connection = connect(&url).await;
        for table in tables() {
            let (names, values): (Vec<_>, Vec<_>) = row_of(table).into_iter().unzip();
            let (names, values) = (names.join(", "), values.join(", "));
            let insert = format!("INSERT INTO {} ({names}) VALUES ({values})", table[0].0);
            connection.execute(AssertSqlSafe(insert)).await.unwrap();
        }

        let database = Database::open(&url).await.unwrap();
        assert_eq!(schema(&url).await, today, "from {version:?}");
        for table in tables() {
            let name = &table[0].0;
            let is_there = |column: &str| today.iter().any(|one| one.0 == *name && one.1 == column);
            let cells = row_of(table).into_iter();
            let cells = cells.filter(|(column, _)| is_there(column));
            let same: Vec<_> = cells
                .map(|(column, value)| format!("{column} = {value}"))
                .collect();
            let kept = format!("SELECT COUNT(*) FROM {name} WHERE {}", same.join(" AND "));
            let kept: i64 = query_scalar(AssertSqlSafe(kept))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            assert_eq!(kept, 1, "{name} from {version:?}");
        }
        let store = app::auth::Store { database };
        let is_logged_in = store.load_user("ada", LATER - 1).await.unwrap().is_some();
        let was_logged_in = tables().any(|table| table[0].0 == "sessions");
        assert_eq!(is_logged_in, was_logged_in, "from {version:?}");
    }
}

/// The first migration creates `users` before it creates `remembered`.
#[tokio::test]
async fn a_failed_migration_is_rolled_back_and_can_be_run_again() {
    let folder = TempDir::new().unwrap();
    let url = database_of((0, 0), &folder).await;
    let mut connection = connect(&url).await;
    let obstacle = connection.execute("CREATE TABLE remembered (id TEXT)");
    obstacle.await.unwrap();
    let before = schema(&url).await;
    let refused = refusal(&url).await;
    assert!(
        refused.starts_with("while executing migration 1: "),
        "{refused}"
    );
    assert_eq!(schema(&url).await, before);
    connection.execute("DROP TABLE remembered").await.unwrap();
    Database::open(&url).await.unwrap();
}

/// The error names the migration that the older program does not know.
#[tokio::test]
async fn a_program_that_is_older_than_its_database_does_not_start() {
    let folder = TempDir::new().unwrap();
    let url = database_of_today(&folder).await;
    let of_tomorrow = "INSERT INTO _core_migrations \
         SELECT 9999, description, installed_on, success, checksum, execution_time \
         FROM _core_migrations WHERE version = 1";
    connect(&url).await.execute(of_tomorrow).await.unwrap();
    assert_eq!(
        refusal(&url).await,
        "migration 9999 was previously applied but is missing in the resolved migrations"
    );
}

#[tokio::test]
async fn a_migration_edited_after_it_ran_stops_the_start() {
    let folder = TempDir::new().unwrap();
    let url = database_of_today(&folder).await;
    let edited = "UPDATE _core_migrations SET checksum = \
         (SELECT checksum FROM _app_migrations WHERE version = 1) WHERE version = 1";
    connect(&url).await.execute(edited).await.unwrap();
    assert_eq!(
        refusal(&url).await,
        "migration 1 was previously applied but has been modified"
    );
}

/// A committed write is on the disk, even after a power failure.
#[tokio::test]
async fn every_commit_waits_for_the_disk() {
    let (question, answer) = if on_sqlite() {
        let modes = "SELECT journal_mode || ' ' || synchronous FROM pragma_journal_mode, pragma_synchronous";
        (modes, "wal 2")
    } else {
        ("SHOW synchronous_commit", "on")
    };
    let site = site().await;
    for mut connection in all_connections(&site).await {
        let said: String = query_scalar(question)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        assert_eq!(said, answer);
    }
}

async fn all_connections(site: &Site) -> Vec<sqlx::pool::PoolConnection<sqlx::Any>> {
    let pool = &site.database.pool;
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        connections.push(pool.acquire().await.expect("a connection"));
    }
    connections
}

/// SQLite starts its write-ahead log again at a thousand pages, unless a reader still needs it.
#[tokio::test]
async fn the_write_ahead_log_stops_growing_when_a_long_reader_ends() {
    const THOUSAND: u64 = 1_000 * (4_096 + 24);
    let folder = TempDir::new().unwrap();
    let url = empty_database(&folder).await;
    let Some(file) = url.strip_prefix("sqlite:") else {
        return; // PostgreSQL has no such file.
    };
    let database = Database::open(&url).await.unwrap();
    let size = || fs::metadata(format!("{file}-wal")).expect("a file").len();
    let insert = "INSERT INTO attempts (key, count, since, last_at) VALUES ('', 0, 0, 0)";
    database.write(query(insert)).await.unwrap();
    // Twenty pages for each update, with different content on each of them.
    let write = async || {
        for letter in ('a'..='z').cycle().take(150) {
            let key = letter.to_string().repeat(20 * 4_096);
            let update = query("UPDATE attempts SET key = $1").bind(key);
            database.write(update).await.unwrap();
        }
    };
    write().await;
    assert!(size() < 2 * THOUSAND, "{}", size());

    let mut reader = database.pool.begin().await.unwrap();
    reader.execute("SELECT count FROM attempts").await.unwrap();
    write().await;
    let held = size();
    assert!(held > 3 * THOUSAND, "{held}");
    reader.rollback().await.unwrap();
    write().await;
    assert!(size() < held + THOUSAND, "{} after {held}", size());
}

#[test]
fn a_database_that_is_down_stops_the_start_with_one_line() {
    let folder = TempDir::new().unwrap();
    let url = format!("postgres://ada:hunter2@{}/latchkey", free_address());
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    let output = program
        .current_dir(&folder)
        .env_clear()
        .env("LEPTOS_OUTPUT_NAME", "latchkey")
        .env("DATABASE_URL", url)
        .output()
        .expect("the program");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.starts_with("latchkey: DATABASE_URL"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_transaction_of_a_killed_connection_is_rolled_back() {
    if on_sqlite() {
        return; // SQLite has no connection that another one could kill.
    }
    let site = site().await;
    let mut write = site.database.begin_write().await.unwrap();
    let pid = query("SELECT pg_backend_pid()");
    let pid: i32 = write.fetch_optional(pid).await.unwrap().unwrap().get(0);
    let insert = query(
        "INSERT INTO users (id, email, email_key, name, password_hash, created_at) \
         VALUES ('ada', 'ada@example.com', 'ada@example.com', 'Ada', '', 0)",
    );
    write.execute(insert).await.unwrap();
    query("SELECT pg_terminate_backend($1, 1000)")
        .bind(pid)
        .execute(&site.database.pool)
        .await
        .unwrap();
    assert!(write.commit().await.is_err());
    assert_eq!(site.rows("users").await.len(), 0);
    let mut ada = site.user("Ada").await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

/// As a fail-over does. They were used a moment ago, so they are not asked before they are used again.
#[tokio::test]
async fn killed_connections_fail_no_request() {
    if on_sqlite() {
        return; // SQLite has no connection that another one could kill.
    }
    let site = site().await;
    let mut ada = site.user("Ada").await;
    kill_connections(&site).await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    kill_connections(&site).await;
    assert!(site.database.begin_write().await.is_ok());
    kill_connections(&site).await;
    assert!(site.database.is_ready().await);
    kill_connections(&site).await;
    site.visitor().log_in("Ada").await.leads_to("/");
}

/// Its connection ends with the statement, so whether it wrote is unknown. A sequence counts also what is rolled back.
#[tokio::test]
async fn a_write_whose_connection_ends_is_not_run_again() {
    if on_sqlite() {
        return; // SQLite has no connection that could end.
    }
    let site = site().await;
    let sequence = query("CREATE SEQUENCE runs");
    sequence.execute(&site.database.pool).await.unwrap();
    let insert = query(
        "INSERT INTO attempts (key, count, since, last_at) VALUES ('a', nextval('runs'), 0, 0) \
         RETURNING pg_terminate_backend(pg_backend_pid())",
    );
    assert!(site.database.fetch_optional(insert).await.is_err());
    let runs = query("SELECT last_value FROM runs");
    let runs = site.database.fetch_one(runs).await.unwrap();
    assert_eq!(runs.get::<i64, _>(0), 1);
}

/// Ends all connections of the pool but one, which comes last in it.
async fn kill_connections(site: &Site) {
    let mut connections = all_connections(site).await;
    let mut last = connections.pop().expect("a connection");
    let others = connections.len();
    drop(connections);
    while site.database.pool.num_idle() < others {
        tokio::task::yield_now().await;
    }
    terminate_others(&mut last).await;
}

#[tokio::test]
async fn without_a_free_connection_visitors_are_asked_to_retry() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let busy = all_connections(&site).await;
    let (page, time) = timed(ada.visit("/account")).await;
    assert_eq!(check_unavailable("/account", &page, time), None);
    drop(busy);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

/// Therefore every server must know a new secret before the first server signs with it.
#[tokio::test]
async fn a_secret_that_signs_before_all_servers_know_it_logs_users_out() {
    let behind = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let ahead = behind
        .restarted_with(|settings| settings.secrets = vec![SECRET, OLDER_SECRET])
        .await;
    let from_behind = behind.user("Ada").await;
    let mut from_ahead = ahead.visitor();
    from_ahead.log_in("Ada").await;
    for mut browser in [from_behind, from_ahead] {
        for (server, is_guest) in [(&ahead, false), (&behind, true), (&ahead, false)] {
            browser.moves_to(&server.router);
            assert_eq!(browser.is_guest().await, is_guest);
        }
    }
}

#[tokio::test]
async fn with_ten_thousand_sessions_a_visit_is_one_query_by_primary_keys() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let ten_thousand = "WITH RECURSIVE numbers (number) AS \
         (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 10000)";
    for rows in [
        "INSERT INTO users (id, email, email_key, name, password_hash, created_at) \
         SELECT 'u' || number, '', 'u' || number, 'Somebody', '', 0 FROM numbers",
        "INSERT INTO sessions (id, login_id, user_id, created_at, authenticated_at, seen_at, \
                               expires_at, forced, user_agent, address) \
         SELECT 's' || number, 's' || number, 'u' || number, 0, 0, 0, 4000000000, 0, '', '' FROM numbers",
    ] {
        let rows = query(AssertSqlSafe(format!("{ten_thousand} {rows}")));
        rows.execute(&site.database.pool).await.unwrap();
    }
    let (queries, page) = site.queries(ada.visit("/account")).await;
    page.is_page_of("Ada");
    assert_eq!(queries, 1);
    if !on_sqlite() {
        return; // PostgreSQL chooses the plan by statistics, which may be old.
    }
    let lines = site.log.lines();
    let visit = lines
        .iter()
        .rfind(|line| line.contains("FROM sessions JOIN users"));
    let steps = plan(&site, statement(visit.unwrap()).unwrap()).await;
    assert_eq!(steps.len(), 3, "{steps:?}");
    let by_its_key = |step: &String| step.starts_with("SEARCH ") && step.contains(" (id=?)");
    assert!(steps.iter().all(by_its_key), "{steps:?}");
}

#[tokio::test]
async fn a_clean_up_reads_no_table_as_a_whole() {
    if !on_sqlite() {
        return; // PostgreSQL chooses the plan by statistics, which may be old.
    }
    let site = site().await;
    site.let_the_log_catch_up().await;
    let before = site.log.lines().len();
    let (_, cleaned) = site.queries(site.login_manager.clean_up()).await;
    cleaned.unwrap();
    let lines = site.log.lines();
    // The settings of a new connection have no parameter.
    let statements = lines[before..].iter().filter_map(|line| statement(line));
    let mut explained = 0;
    for statement in statements.filter(|statement| statement.contains("$1")) {
        for step in plan(&site, statement).await {
            let of_the_statement = step == "SCAN due";
            let is_whole = step.starts_with("SCAN ") || step.contains("(id>?)");
            assert!(of_the_statement || !is_whole, "{step}: {statement}");
        }
        explained += 1;
    }
    assert!(explained >= 10, "{explained} statements");
}

/// The statement in a line of the log.
fn statement(line: &str) -> Option<&str> {
    let (_, statement) = line.split_once(r#"db.statement="\n\n"#)?;
    Some(statement.split_once(r#"\n""#)?.0)
}

/// The steps in which SQLite runs a statement.
async fn plan(site: &Site, statement: &str) -> Vec<String> {
    let plan = query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
    let steps = plan.fetch_all(&site.database.pool).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}
