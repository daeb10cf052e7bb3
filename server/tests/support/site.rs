//! A site for one test: the real router on a temporary database, a clock that the test moves, and the captured log.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::auth::guards::session_layer::read_and_write_cookies;
use app::auth::{
    AuthSession, CookieOptions, Cost, Event, EventKind, LoginManager, Options, Passwords,
    SigningKeys,
};
use app::built_files::BuiltFiles;
use app::database::Database;
use app::pages::ACCESS;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use leptos::config::LeptosOptions;
use server::{Draining, router};
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;

use crate::support::log::{CATCH_UP, Log};
use crate::support::visitor::{MARKER, Visitor};

/// The site's configured origin.
pub const BASE: &str = "https://app.test";

pub const SECRET: &str = "Qm9yaW5nIGJ1dCBsb25nIGVub3VnaCBmb3IgYW55Ym9keQ";
pub const OLDER_SECRET: &str = "VGhlIG9uZSBiZWZvcmUgdGhhdCwgc3RpbGwgYWNjZXB0ZWQ";

/// A day in November 2023. Unix seconds.
const START: i64 = 1_700_000_000;

pub struct Site {
    pub router: Router,
    pub login_manager: LoginManager,
    pub database: Database,
    pub log: Log,
    pub clock: Arc<AtomicI64>,
    events: Arc<Mutex<Vec<Event>>>,
    pub draining: Draining,
    settings: Settings,
    folder: Arc<TempDir>,
    url: Arc<TestDatabase>,
}

#[derive(Clone)]
pub struct Settings {
    pub secrets: Vec<&'static str>,
    pub https: bool,
    pub cost: Cost,
    /// The test makes the server panic on purpose.
    pub panics: bool,
    /// The app's options. The clock, the listeners and https are set by the site.
    pub options: Options,
}

impl Default for Settings {
    fn default() -> Self {
        // The lowest cost that argon2 allows, because these tests do not measure it.
        Self {
            secrets: vec![SECRET],
            https: false,
            panics: false,
            cost: cost(8, 1),
            options: Options {
                login_views: app::pages::LOGIN_VIEWS,
                texts: app::messages::TEXTS,
                ..Options::default()
            },
        }
    }
}

/// The cost of a hash: KiB and passes.
pub fn cost(memory: u32, passes: u32) -> Cost {
    Cost::new(memory, passes, 1, None).expect("a cost that argon2 knows")
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program");
    assert!(output.status.success(), "{output:?}");
}

/// The URL of a test's database, which is dropped with it.
pub struct TestDatabase(String);

impl Deref for TestDatabase {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Several hundred databases would fill the disk. A SQLite file is deleted with its folder.
impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = self.rsplit_once('/')
            && server.starts_with("postgres")
        {
            let drop = format!("DROP DATABASE \"{name}\" WITH (FORCE)");
            let server = format!("{server}/postgres");
            // Without waiting. A test may have stopped the server: then there is nothing to drop.
            let mut psql = Command::new("psql");
            psql.args(["-q", &server, "-c", &drop])
                .stderr(Stdio::null());
            let _ = psql.spawn();
        }
    }
}

/// An empty SQLite file, or an empty database on the PostgreSQL of `TEST_DATABASE_URL`.
pub async fn empty_database(folder: &TempDir) -> TestDatabase {
    let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
        let file = folder.path().join("database.sqlite");
        return TestDatabase(format!("sqlite:{}", file.display()));
    };
    let name = folder.path().file_name().expect("a name").to_string_lossy();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut connection = connect(&server).await;
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{name}\""));
    sqlx::query(create)
        .execute(&mut connection)
        .await
        .expect("a database");
    connection.close().await.expect("closed");
    let (server, _) = server.rsplit_once('/').expect("a database's name");
    TestDatabase(format!("{server}/{name}"))
}

/// A connection in addition to those of the site.
pub async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url).await.expect("a database")
}

/// A fresh site with the default settings.
pub async fn site() -> Site {
    site_with(Settings::default()).await
}

pub async fn site_with(settings: Settings) -> Site {
    let folder = Arc::new(TempDir::new().expect("a temporary folder"));
    let url = Arc::new(empty_database(&folder).await);
    build(
        settings,
        folder,
        url,
        Arc::new(AtomicI64::new(START)),
        Log::start(),
    )
    .await
}

async fn build(
    settings: Settings,
    folder: Arc<TempDir>,
    url: Arc<TestDatabase>,
    clock: Arc<AtomicI64>,
    log: Log,
) -> Site {
    let database = Database::open(&url).await.expect("a database");
    let passwords = Passwords::new(settings.cost.clone());
    let secrets: Vec<_> = settings
        .secrets
        .iter()
        .map(|&secret| secret.into())
        .collect();
    let keys = SigningKeys::new(&secrets[0], &secrets[1..]).expect("good secrets");
    let time = Arc::clone(&clock);
    let now = Arc::new(move || time.load(Ordering::SeqCst));
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let seen = Arc::clone(&events);
    let mut listeners = settings.options.listeners.clone();
    listeners.push(Arc::new(move |event| {
        seen.lock().unwrap().push(event.clone());
    }));
    let options = Options {
        cookies: CookieOptions {
            secure: settings.https,
            ..settings.options.cookies.clone()
        },
        clock: now,
        site: settings.options.site.clone().or(Some(BASE.into())),
        listeners,
        ..settings.options.clone()
    };
    let login_manager = LoginManager::new(database.clone(), passwords, keys, options);
    let files = folder.path().join("site");
    std::fs::create_dir_all(files.join("pkg")).expect("a folder for files");
    let leptos = LeptosOptions::builder()
        .output_name("latchkey")
        .site_root(files.display().to_string())
        .build();
    let draining = Draining::default();
    let built = BuiltFiles::find(&leptos).expect("names without hashes");
    let router = router(&leptos, built, login_manager.clone(), Arc::clone(&draining));
    Site {
        router,
        login_manager,
        database,
        log,
        clock,
        events,
        draining,
        settings,
        folder,
        url,
    }
}

/// After every test: nothing has panicked in the server, and no password is in its log.
impl Drop for Site {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.settings.panics {
            for line in self.log.lines() {
                assert!(
                    !line.contains("panicked") && !line.contains(MARKER),
                    "{line}"
                );
            }
        }
    }
}

impl Site {
    /// The same site after a restart with other settings.
    pub async fn restarted_with(&self, change: impl FnOnce(&mut Settings)) -> Site {
        let mut settings = self.settings.clone();
        change(&mut settings);
        build(
            settings,
            Arc::clone(&self.folder),
            Arc::clone(&self.url),
            Arc::clone(&self.clock),
            self.log.clone(),
        )
        .await
    }

    /// Stores that a session was seen, as a request does.
    pub async fn touch_session(&self, id: &str, seen_at: i64, expires_at: i64) {
        let touched = self
            .login_manager
            .store()
            .touch_session(id, seen_at, expires_at)
            .await;
        touched.expect("a write");
    }

    /// Runs the background job that deletes expired rows.
    pub async fn clean_up(&self) {
        self.login_manager.clean_up().await.expect("a clean-up");
    }

    /// A backup, made as server/docs/deployment.md says, while the site is running.
    pub async fn backup(&self) -> PathBuf {
        let file = self.folder.path().join("backup");
        if self.url.starts_with("sqlite:") {
            let copy = sqlx::AssertSqlSafe(format!("VACUUM INTO '{}'", file.display()));
            let copy = sqlx::query(copy).execute(&self.database.pool).await;
            copy.expect("a backup");
        } else {
            run(Command::new("pg_dump")
                .arg(&**self.url)
                .arg("-f")
                .arg(&file));
        }
        file
    }

    /// The site after its database was lost and replaced by the backup.
    pub async fn restored_from(&self, backup: &Path) -> Site {
        let folder = Arc::new(TempDir::new().expect("a temporary folder"));
        let url = Arc::new(empty_database(&folder).await);
        match url.strip_prefix("sqlite:") {
            Some(file) => drop(std::fs::copy(backup, file).expect("a copy")),
            None => run(Command::new("psql").args(["-q", &**url, "-f"]).arg(backup)),
        }
        let (settings, clock) = (self.settings.clone(), Arc::clone(&self.clock));
        build(settings, folder, url, clock, self.log.clone()).await
    }

    /// The folder of the built files.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// A visitor with a new browser, without cookies.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.router.clone())
    }

    /// A visitor who has just logged in.
    pub async fn user(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.sign_up(name).await.leads_to("/login");
        visitor.log_in(name).await.leads_to("/");
        self.assert_known(&visitor, name).await;
        visitor
    }

    /// A visitor with any name, who has just logged in.
    pub async fn user_called(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        let fields = [
            ("name", name),
            ("email", "mallory@example.com"),
            ("password", "a long enough password"),
        ];
        visitor
            .submit("/api/signup", &fields)
            .await
            .leads_to("/login");
        visitor
            .submit("/api/login", &fields[1..])
            .await
            .leads_to("/");
        self.assert_known(&visitor, "Mallory").await;
        visitor
    }

    /// A visitor whose login is not fresh: remembered, after the browser was closed and opened.
    pub async fn stale_user(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.sign_up(name).await.leads_to("/login");
        visitor.log_in_remembered(name).await.leads_to("/");
        visitor.close_browser();
        assert_eq!(visitor.name().await.as_deref(), Some(name));
        visitor
    }

    /// Checks that the site knows this browser's user, without leaving an event.
    async fn assert_known(&self, visitor: &Visitor, name: &str) {
        let before = self.events.lock().unwrap().len();
        visitor.clone().who_am_i().await.knows(name);
        self.events.lock().unwrap().truncate(before);
    }

    /// Runs `act` within a request of `visitor`, as a handler of the app would.
    pub async fn within<T, Answer>(
        &self,
        visitor: &mut Visitor,
        act: impl FnOnce(AuthSession) -> Answer + Send + 'static,
    ) -> T
    where
        T: Send + 'static,
        Answer: Future<Output = T> + Send + 'static,
    {
        let act = Arc::new(Mutex::new(Some(act)));
        let result = Arc::new(Mutex::new(None));
        let out = Arc::clone(&result);
        let handler = async move |session: AuthSession| {
            let act = act.lock().unwrap().take().expect("one request");
            let value = act(session).await;
            *out.lock().unwrap() = Some(value);
        };
        let layer =
            from_fn_with_state((self.login_manager.clone(), ACCESS), read_and_write_cookies);
        let router = Router::new().route("/within", get(handler)).layer(layer);
        visitor.exchange_with(&router, "/within").await;
        let result = result.lock().unwrap().take();
        result.expect("the handler ran")
    }

    /// The events since the last call.
    pub fn events(&self) -> Vec<EventKind> {
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        events.into_iter().map(|event| event.kind).collect()
    }

    pub fn pass(&self, time: Duration) {
        self.clock
            .fetch_add(time.as_secs().cast_signed(), Ordering::SeqCst);
    }

    /// Sets the clock back, as if another server's clock were slow.
    pub fn set_back(&self, time: Duration) {
        self.clock
            .fetch_sub(time.as_secs().cast_signed(), Ordering::SeqCst);
    }

    /// The number of queries that `act` runs, and its result.
    pub async fn queries<T>(&self, act: impl Future<Output = T>) -> (usize, T) {
        self.let_the_log_catch_up().await;
        let before = self.log.queries();
        let result = act.await;
        self.let_the_log_catch_up().await;
        (self.log.queries() - before, result)
    }

    /// The driver logs from a separate thread for each connection, in order. This sends a marker query through every
    /// connection: when all markers are in the log, so are all earlier queries.
    pub async fn let_the_log_catch_up(&self) {
        let expected = self.log.catch_ups() + self.database.pool.size() as usize;
        let mut connections = Vec::new();
        for _ in 0..self.database.pool.size() {
            let mut connection = self.database.pool.acquire().await.expect("a connection");
            sqlx::query(CATCH_UP)
                .execute(&mut *connection)
                .await
                .expect("a query");
            connections.push(connection);
        }
        let caught_up = async {
            while self.log.catch_ups() < expected {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_mins(1), caught_up).await;
        in_time.expect("the log of the queries");
    }

    /// All rows of a table, as text.
    pub async fn rows(&self, table: &'static str) -> Vec<String> {
        use sqlx::{Column, Row, ValueRef};
        let query = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
        let rows = sqlx::query(query)
            .fetch_all(&self.database.pool)
            .await
            .expect("rows");
        let text = |row: &sqlx::any::AnyRow| {
            let cells = row.columns().iter().map(|column| {
                let at = column.ordinal();
                let value = row.try_get_raw(at).expect("a value");
                let value = if value.is_null() {
                    String::new()
                } else {
                    row.try_get::<String, _>(at)
                        .or_else(|_| row.try_get::<i64, _>(at).map(|number| number.to_string()))
                        .expect("text or number")
                };
                format!("{}={value}", column.name())
            });
            cells.collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(text).collect()
    }
}
