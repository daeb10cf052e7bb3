//! Reads the settings, opens the database, listens.

use std::env;
use std::error::Error;
use std::io;
use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::TEXTS;
use app::auth::{CookieOptions, Cost, LoginManager, Options, Passwords};
use app::database::Database;
use app::pages::LOGIN_VIEWS;
use app::users::Users;
use secrecy::ExposeSecret;
use server::command::Command;
use server::config::{BadSetting, Config};
use server::connections::Connections;
use server::log::log;
use server::serve::{StopSignals, serve};
use server::{Draining, router};
use tokio::net::TcpListener;
use tracing_subscriber::util::SubscriberInitExt;

/// A released build refuses what is only good enough for development.
const RELEASED: bool = !cfg!(debug_assertions);

/// How long `/health/ready` says no before the door closes: load balancers ask every second or two.
const NOTICE: Duration = if RELEASED {
    Duration::from_secs(3)
} else {
    Duration::ZERO
};

#[tokio::main]
async fn main() -> ExitCode {
    log(RELEASED, io::stdout).init();
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
    let mut signals = StopSignals::listen()?;
    let command = Command::read(env::args().skip(1))?;
    let config = Config::read(|name| env::var(name).ok(), RELEASED)?;
    if RELEASED && !config.secure {
        tracing::warn!("SITE_URL is not https: cookies travel without Secure");
    }
    if config.site.is_none() {
        tracing::warn!("SITE_URL is not set: forms of browsers without Sec-Fetch-Site are refused");
    }
    let database = tokio::select! {
        database = Database::open(config.database_url.expose_secret()) => database,
        // A migration that is cut off is rolled back, and done at the next start.
        () = signals.next() => return Ok(()),
    };
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
    let listener = TcpListener::bind(address).await.map_err(unusable)?;
    tracing::info!("listening on http://{address}");
    let served = serve(listener, router, connections, draining, NOTICE, signals);
    served.await.map_err(unusable)?;
    Ok(())
}
