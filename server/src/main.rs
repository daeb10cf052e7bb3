//! Reads the settings, opens the database, listens.

use std::env;
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use app::TEXTS;
use app::auth::{CookieOptions, Cost, LoginManager, Options, Passwords};
use app::database::Database;
use app::pages::LOGIN_VIEWS;
use app::users::Users;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use server::command::Command;
use server::config::{BadSetting, Config};
use server::connections::Connections;
use server::{Draining, router};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A released build refuses what is only good enough for development.
const RELEASED: bool = !cfg!(debug_assertions);

/// A request's head is there within this time, or the connection is closed: silent and slow ones cost us nothing.
const HEAD: Duration = Duration::from_secs(10);

/// How long `/health/ready` says no before the door closes: load balancers ask every second or two.
const NOTICE: Duration = if RELEASED {
    Duration::from_secs(3)
} else {
    Duration::ZERO
};

/// How long requests may take to finish after that. Orchestrators kill after 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    if RELEASED {
        log.json().init(); // One line, one object, whatever anybody puts into a field.
    } else {
        log.init();
    }
    // Into the log like everything else, and only there.
    panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a panic")));
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let command = Command::read(env::args().skip(1))?;
    let config = Config::read(|name| env::var(name).ok(), RELEASED)?;
    if RELEASED && !config.secure {
        tracing::warn!("SITE_URL is not https: cookies travel without Secure");
    }
    if config.site.is_none() {
        tracing::warn!("SITE_URL is not set: forms of browsers without Sec-Fetch-Site are refused");
    }
    let database = Database::open(&config.database_url).await;
    let database = database.map_err(|error| BadSetting::new("DATABASE_URL", error.to_string()))?;
    let users = Users::new(database, Passwords::new(Cost::default()));
    if command != Command::Serve {
        return Ok(command.run(&users).await?);
    }
    let connections = Connections::new(config.max_connections, config.proxies > 0);
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
        ..Options::default()
    };
    let clean_up = users.clone().clean_up_now_and_then(options.clock.clone());
    tokio::spawn(clean_up);
    let login_manager = LoginManager::new(users.clone(), config.keys, options);
    let draining = Draining::default();
    let router = router(&config.leptos, users, login_manager, Arc::clone(&draining));

    let address = config.leptos.site_addr;
    let unusable =
        |error: std::io::Error| BadSetting::new("LEPTOS_SITE_ADDR", format!("{address}: {error}"));
    let listener = TcpListener::bind(address).map_err(unusable)?;
    listener.set_nonblocking(true).map_err(unusable)?;
    tracing::info!("listening on http://{address}");

    let handle = Handle::new();
    tokio::spawn(stop(handle.clone(), draining));
    // axum's own `serve` waits for ever for a head that never ends. Which version a silent client means would be waited
    // for without an end, too: proxies speak HTTP/1.1 to servers. (For WebSockets leave `http1_only` out.)
    let mut server = axum_server::from_tcp(listener)
        .map_err(unusable)?
        .handle(handle)
        .acceptor(connections)
        .http1_only();
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    server.serve(service).await.map_err(unusable)?;
    Ok(())
}

/// On the first signal: says that it is not ready, goes on answering until load balancers have seen that, takes no new
/// connection, and gives the open ones a time to finish. On the second it ends at once.
async fn stop(handle: Handle<SocketAddr>, draining: Draining) {
    stop_signal().await;
    draining.store(true, Ordering::Release);
    let finish = async {
        tokio::time::sleep(NOTICE).await;
        handle.graceful_shutdown(Some(DRAIN));
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = finish => {}
        () = stop_signal() => std::process::exit(130),
    }
}

async fn stop_signal() {
    let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be listened to");
    let mut interrupt = signal(SignalKind::interrupt()).expect("SIGINT can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
