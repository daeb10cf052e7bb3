//! Starts the program: reads the command line and the settings, opens the database, serves.

use std::env;
use std::error::Error;
use std::io;
use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::auth::{CookieOptions, Cost, LoginManager, Options, Passwords};
use app::background::run_jobs;
use app::built_files::BuiltFiles;
use app::database::Database;
use app::half::is_watched;
use app::jobs::jobs;
use app::mail::Mail;
use app::messages::TEXTS;
use app::pages::LOGIN_VIEWS;
use clap::Parser;
use mimalloc::MiMalloc;
use secrecy::ExposeSecret;
use server::command::{Cli, Command};
use server::config::{BadSetting, Config};
use server::connections::Connections;
use server::listeners::Listeners;
use server::log::log;
use server::serve::{StopDelays, StopSignals, serve};
use server::{Draining, router};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tracing_subscriber::util::SubscriberInitExt;

/// Rendering a page allocates and frees thousands of small values.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A release build refuses settings that are only fit for development.
const RELEASE_BUILD: bool = !cfg!(debug_assertions);

/// Load balancers check every second or two.
const STOP_DELAYS: StopDelays = StopDelays {
    deregistration: if RELEASE_BUILD {
        Duration::from_secs(3)
    } else {
        Duration::ZERO
    },
    keep_alive: Duration::from_secs(1),
};

/// How long the background jobs and the mail that is being sent may take to finish when the server stops.
const JOBS_TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    // Exits by itself: with 0 for --help and --version, with 2 for a usage error.
    let Cli { command } = Cli::parse();
    log(RELEASE_BUILD, io::stdout).init();
    // The default hook would write to stderr, outside of the log.
    panic::set_hook(Box::new(
        |panic| tracing::error!(%panic, "the program panicked"),
    ));
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Option<Command>) -> Result<(), Box<dyn Error>> {
    let mut signals = StopSignals::listen()?;
    let config = Config::read(|name| env::var(name).ok(), RELEASE_BUILD)?;
    if RELEASE_BUILD && !config.secure {
        tracing::warn!("SITE_URL is not https: cookies are sent without Secure");
    }
    if config.site.is_none() {
        tracing::warn!("SITE_URL is not set: forms of browsers without Sec-Fetch-Site are refused");
    }
    let files = BuiltFiles::find(&config.leptos).map_err(|error| {
        let problem = format!("is true, and the hashes are missing: {error}");
        BadSetting::new("LEPTOS_HASH_FILES", problem)
    })?;
    let database = tokio::select! {
        database = Database::open(config.database_url.expose_secret()) => database,
        // An interrupted migration is rolled back and runs at the next start.
        () = signals.next() => return interrupted(command.is_some()),
    };
    let database = database.map_err(|error| BadSetting::new("DATABASE_URL", error.to_string()))?;
    let mail = config.mail;
    let options = Options {
        cookies: CookieOptions {
            secure: config.secure,
            ..CookieOptions::default()
        },
        login_views: LOGIN_VIEWS,
        attempts_per_minute: config.attempts_per_minute,
        proxies: config.proxies,
        site: config.site,
        texts: TEXTS,
        sign_up: config.sign_up,
        deletion_days: config.deletion_days,
        post: mail.clone().map(Mail::into_post),
        ..Options::default()
    };
    let passwords = Passwords::new(Cost::default());
    let manager = LoginManager::new(database, passwords, config.keys, options);
    if let Some(command) = command {
        return tokio::select! {
            done = command.run(&manager) => Ok(done?),
            () = signals.next() => interrupted(true),
        };
    }
    let connections = Connections::new(config.max_connections, config.proxies > 0);
    let (stop, stopped) = watch::channel(false);
    let jobs = tokio::spawn(run_jobs(jobs(), manager.clone(), stopped));
    let sending = mail.map(|mail| mail.run(manager.clone(), stop.subscribe()));
    let draining = Draining::default();
    let router = router(&config.leptos, files, manager, Arc::clone(&draining));

    let address = config.leptos.site_addr;
    let unusable =
        |error: std::io::Error| BadSetting::new("LEPTOS_SITE_ADDR", format!("{address}: {error}"));
    let listeners = Listeners::bind(address).await.map_err(unusable)?;
    let sending = sending.map(tokio::spawn); // a process that cannot listen sends nothing
    tracing::info!("listening on http://{address}");
    let served = serve(
        listeners,
        router,
        connections,
        draining,
        if is_watched() {
            StopDelays::default()
        } else {
            STOP_DELAYS
        },
        signals,
    );
    served.await.map_err(unusable)?;
    stop.send_replace(true);
    let end = Instant::now() + JOBS_TIMEOUT;
    let _ = timeout_at(end, jobs).await;
    let _ = timeout_at(end, async { Some(sending?.await) }).await;
    Ok(())
}

/// The program ends as it was told to; a command has failed then.
fn interrupted(is_command: bool) -> Result<(), Box<dyn Error>> {
    if is_command {
        return Err("interrupted before the command was done".into());
    }
    Ok(())
}
