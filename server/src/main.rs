//! Reads the settings, opens the database, listens.

use std::env;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use app::TEXTS;
use app::auth::{CookieOptions, Cost, LoginManager, Options, Passwords};
use app::database::Database;
use app::pages::LOGIN_VIEWS;
use app::users::Users;
use server::config::{BadSetting, Config};
use server::router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// How long requests may take to finish after the signal to stop. Orchestrators kill after 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), BadSetting> {
    let released = !cfg!(debug_assertions);
    let config = Config::read(|name| env::var(name).ok(), released)?;
    if released && !config.secure {
        tracing::warn!("SITE_URL is not https: cookies travel without Secure");
    }
    let database = Database::open(&config.database_url).await;
    let database = database.map_err(|error| BadSetting::new("DATABASE_URL", error.to_string()))?;
    let users = Users::new(database, Passwords::new(Cost::default()));
    let options = Options {
        cookies: CookieOptions {
            secure: config.secure,
            ..CookieOptions::default()
        },
        login_views: LOGIN_VIEWS,
        site: config.site,
        texts: TEXTS,
        ..Options::default()
    };
    let login_manager = LoginManager::new(users.clone(), config.keys, options);
    let router = router(&config.leptos, users, login_manager);

    let address = config.leptos.site_addr;
    let listener = TcpListener::bind(address).await;
    let listener = listener
        .map_err(|error| BadSetting::new("LEPTOS_SITE_ADDR", format!("{address}: {error}")))?;
    println!("listening on http://{address}");

    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let serve = axum::serve(listener, service).with_graceful_shutdown(async {
        stop_signal().await;
        let _ = stopping.send(());
    });
    // A browser keeps spare connections open and silent; they must not keep the process.
    let deadline = async {
        let _ = stopped.await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = serve => served.map_err(|error| BadSetting::new("LEPTOS_SITE_ADDR", error.to_string())),
        () = deadline => Ok(()),
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
