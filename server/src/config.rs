//! The environment, read once. A setting that cannot work stops the start with one line that names it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use app::auth::SigningKeys;
use app::auth::config::ADDRESS_MAX;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::config::{LeptosOptions, get_configuration};
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// What a fresh clone makes for itself; git ignores it.
const DATA: &str = "data";

/// An idle connection takes some kilobytes.
const MAX_CONNECTIONS: u32 = 10_000;

/// The setting, and what is wrong with it. Never its value: it may be a secret.
#[derive(Debug, Error)]
#[error("{setting} {problem}")]
pub struct BadSetting {
    setting: &'static str,
    problem: String,
}

impl BadSetting {
    pub fn new(setting: &'static str, problem: impl Into<String>) -> Self {
        Self {
            setting,
            problem: problem.into(),
        }
    }
}

#[derive(Debug)]
pub struct Config {
    /// `LEPTOS_*`: `LEPTOS_SITE_ADDR` is where to listen.
    pub leptos: LeptosOptions,
    /// `SECRET_KEY` and `SECRET_KEY_FALLBACKS`.
    pub keys: SigningKeys,
    /// `DATABASE_URL`. It may hold a password.
    pub database_url: SecretString,
    /// `SITE_URL` begins with `https://`. Taken for granted in a released build that is not told.
    pub secure: bool,
    /// `TRUSTED_PROXIES`: how many of ours stand in front.
    pub proxies: usize,
    /// `MAX_CONNECTIONS`: how many may be open at once.
    pub max_connections: usize,
    /// `ATTEMPTS_PER_MINUTE`: log ins and sign-ups from one address.
    pub attempts_per_minute: i64,
    /// The origin of `SITE_URL`; in development the address that is listened on.
    pub site: Option<String>,
}

impl Config {
    /// `released` refuses what is only good enough for development.
    ///
    /// # Errors
    /// A setting is missing or cannot work.
    pub fn read(
        setting: impl Fn(&str) -> Option<String>,
        released: bool,
    ) -> Result<Self, BadSetting> {
        let leptos = get_configuration(None)
            .map_err(|error| BadSetting::new("LEPTOS_*", error.to_string()))?;
        let leptos = leptos.leptos_options;
        let secret = match setting("SECRET_KEY") {
            Some(secret) => SecretString::from(secret),
            None if released => {
                let how = "is not set. Make one with: openssl rand -base64 32";
                return Err(BadSetting::new("SECRET_KEY", how));
            }
            None => development_secret(Path::new(DATA)).map_err(|error| {
                BadSetting::new(
                    "SECRET_KEY",
                    format!("is not set, and none can be kept in {DATA}/: {error}"),
                )
            })?,
        };
        let fallbacks = setting("SECRET_KEY_FALLBACKS").unwrap_or_default();
        let fallbacks: Vec<SecretString> = fallbacks
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(SecretString::from)
            .collect();
        let keys = SigningKeys::new(&secret, &fallbacks).map_err(|error| {
            BadSetting::new(
                "SECRET_KEY or one of SECRET_KEY_FALLBACKS",
                error.to_string(),
            )
        })?;

        let site = match setting("SITE_URL") {
            Some(url) => Some(origin(&url)?),
            None if released => None,
            None => Some(format!("http://{}", leptos.site_addr)),
        };
        // A forgotten setting must not cost the cookies their protection.
        let secure = site.as_ref().is_none_or(|site| site.starts_with("https:"));

        let number = |name: &'static str, default: u32| {
            let value = setting(name).map_or(Ok(default), |value| value.parse());
            value.map_err(|_| BadSetting::new(name, "is not a number"))
        };
        let proxies = number("TRUSTED_PROXIES", 0)? as usize;
        let max_connections = number("MAX_CONNECTIONS", MAX_CONNECTIONS)? as usize;
        let attempts_per_minute = number("ATTEMPTS_PER_MINUTE", ADDRESS_MAX)?.into();

        let database_url = setting("DATABASE_URL").map_or_else(
            || {
                let made = private_folder(DATA.as_ref());
                made.map(|()| format!("sqlite:{DATA}/latchkey.sqlite"))
                    .map_err(|error| {
                        BadSetting::new(
                            "DATABASE_URL",
                            format!("is not set, and {DATA}/ cannot be made: {error}"),
                        )
                    })
            },
            Ok,
        )?;
        if !app::database::knows(&database_url) {
            return Err(BadSetting::new(
                "DATABASE_URL",
                "begins neither with sqlite: nor with postgres:",
            ));
        }
        if released && has_default_password(&database_url) {
            return Err(BadSetting::new(
                "DATABASE_URL",
                "has a password that everybody tries first",
            ));
        }
        Ok(Self {
            leptos,
            keys,
            database_url: database_url.into(),
            secure,
            proxies,
            max_connections,
            attempts_per_minute,
            site,
        })
    }
}

/// `https://example.com`: what browsers send as `Origin` from the site's pages.
fn origin(url: &str) -> Result<String, BadSetting> {
    let url = Url::parse(url).ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    url.map(|url| url.origin().ascii_serialization())
        .ok_or_else(|| BadSetting::new("SITE_URL", "is not like https://example.com"))
}

/// One that installations begin with (ASVS 13.2.3).
fn has_default_password(url: &str) -> bool {
    let url = Url::parse(url).ok();
    url.is_some_and(|url| {
        let usual = [url.username(), "postgres", "password", "changeme"];
        url.password()
            .is_some_and(|password| usual.contains(&password))
    })
}

/// Made once, so that a restart logs nobody out; readable by its owner alone.
fn development_secret(folder: &Path) -> io::Result<SecretString> {
    let path = folder.join("development_secret_key");
    if let Ok(secret) = fs::read_to_string(&path) {
        return Ok(secret.into());
    }
    private_folder(folder)?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    private_file(&path)?.write_all(secret.as_bytes())?;
    Ok(secret.into())
}

fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}
