//! The settings, read once from the environment. An invalid one stops the start with one line that names it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use app::auth::config::{ADDRESS_MAX, DELETION_DAYS, DELETION_DAYS_MAX, DELETION_DAYS_MIN};
use app::auth::{SignUpMode, SigningKeys};
use app::mail::Mail;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::config::{LeptosOptions, get_configuration};
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

use crate::mail::mail;

/// Development database and secret, created in a fresh clone; git ignores it.
pub(crate) const DATA: &str = "data";

/// An idle connection takes a few kilobytes of memory.
const MAX_CONNECTIONS: u32 = 10_000;

/// The setting and what is wrong with it. Never its value, which may be a secret.
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
    /// `LEPTOS_*`. The server listens on `LEPTOS_SITE_ADDR`.
    pub leptos: LeptosOptions,
    /// `SECRET_KEY` and `SECRET_KEY_FALLBACKS`.
    pub keys: SigningKeys,
    /// `DATABASE_URL`, which may contain a password.
    pub database_url: SecretString,
    /// True if `SITE_URL` is https, or if a release build has no `SITE_URL`.
    pub secure: bool,
    /// `TRUSTED_PROXIES`: the number of our own proxies in front of the server.
    pub proxies: usize,
    /// `MAX_CONNECTIONS`: the limit of open connections.
    pub max_connections: usize,
    /// `ATTEMPTS_PER_MINUTE`: the rate limit of `Options::attempts_per_minute`.
    pub attempts_per_minute: i64,
    /// `MAIL_URL` and `MAIL_FROM`. `None`: no mail is sent.
    pub mail: Option<Mail>,
    /// `SIGN_UP`.
    pub sign_up: SignUpMode,
    /// `DELETION_GRACE_DAYS`.
    pub deletion_days: u32,
    /// The origin of `SITE_URL`; without it, in development, that of `LEPTOS_SITE_ADDR`.
    pub site: Option<String>,
}

impl Config {
    /// `setting` looks up an environment variable. A `release_build` refuses settings that are only fit for development.
    ///
    /// # Errors
    /// A setting is missing or invalid.
    pub fn read(
        setting: impl Fn(&str) -> Option<String>,
        release_build: bool,
    ) -> Result<Self, BadSetting> {
        let leptos = get_configuration(None)
            .map_err(|error| BadSetting::new("LEPTOS_*", error.to_string()))?
            .leptos_options;
        let keys = signing_keys(&setting, release_build)?;
        let site = match setting("SITE_URL") {
            Some(url) => Some(origin(&url)?),
            None if release_build => None,
            // Not the address itself: browsers offer no passkeys there.
            None if leptos.site_addr.ip().is_loopback() => {
                Some(format!("http://localhost:{}", leptos.site_addr.port()))
            }
            None => Some(format!("http://{}", leptos.site_addr)),
        };
        let mail = mail(&setting, &keys, site.as_deref(), release_build)?;
        Ok(Self {
            sign_up: sign_up(&setting, mail.is_some())?,
            deletion_days: deletion_days(&setting, mail.is_some())?,
            mail,
            // Without SITE_URL a release build assumes https: forgetting it must not send cookies without `Secure`.
            secure: site.as_ref().is_none_or(|site| site.starts_with("https:")),
            proxies: number(&setting, "TRUSTED_PROXIES", 0)? as usize,
            max_connections: number(&setting, "MAX_CONNECTIONS", MAX_CONNECTIONS)? as usize,
            attempts_per_minute: number(&setting, "ATTEMPTS_PER_MINUTE", ADDRESS_MAX)?.into(),
            database_url: database_url(&setting, release_build)?.into(),
            leptos,
            keys,
            site,
        })
    }
}

fn number(
    setting: impl Fn(&str) -> Option<String>,
    name: &'static str,
    default: u32,
) -> Result<u32, BadSetting> {
    let value = setting(name).map_or(Ok(default), |value| value.parse());
    value.map_err(|_| BadSetting::new(name, "is not a number"))
}

fn signing_keys(
    setting: impl Fn(&str) -> Option<String>,
    release_build: bool,
) -> Result<SigningKeys, BadSetting> {
    let secret = match setting("SECRET_KEY") {
        Some(secret) => SecretString::from(secret),
        None if release_build => {
            let how = "is not set. Make one with: openssl rand -base64 32";
            return Err(BadSetting::new("SECRET_KEY", how));
        }
        None => development_secret(Path::new(DATA)).map_err(|error| {
            let problem = format!("is not set, and none can be kept in {DATA}/: {error}");
            BadSetting::new("SECRET_KEY", problem)
        })?,
    };
    let fallbacks = setting("SECRET_KEY_FALLBACKS").unwrap_or_default();
    let fallbacks: Vec<SecretString> = fallbacks
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(SecretString::from)
        .collect();
    SigningKeys::new(&secret, &fallbacks).map_err(|error| {
        let settings = "SECRET_KEY or one of SECRET_KEY_FALLBACKS";
        BadSetting::new(settings, error.to_string())
    })
}

/// By default an SQLite file in `data/`, which is created.
fn database_url(
    setting: impl Fn(&str) -> Option<String>,
    release_build: bool,
) -> Result<String, BadSetting> {
    let bad = |problem: String| BadSetting::new("DATABASE_URL", problem);
    let Some(url) = setting("DATABASE_URL") else {
        return private_folder(DATA.as_ref())
            .map(|()| format!("sqlite:{DATA}/latchkey.sqlite"))
            .map_err(|error| bad(format!("is not set, and {DATA}/ cannot be made: {error}")));
    };
    if !app::database::is_supported(&url) {
        return Err(bad("begins neither with sqlite: nor with postgres:".into()));
    }
    if release_build && has_default_password(&url) {
        return Err(bad("has a password that is a well-known default".into()));
    }
    Ok(url)
}

/// The value of `Origin` that browsers send from the site's pages, such as `https://example.com`.
fn origin(url: &str) -> Result<String, BadSetting> {
    let url = Url::parse(url).ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    url.map(|url| url.origin().ascii_serialization())
        .ok_or_else(|| BadSetting::new("SITE_URL", "is not like https://example.com"))
}

/// True for the passwords that installation guides and images use (ASVS 13.2.3).
fn has_default_password(url: &str) -> bool {
    let url = Url::parse(url).ok();
    url.is_some_and(|url| {
        let usual = [url.username(), "postgres", "password", "changeme"];
        url.password()
            .is_some_and(|password| usual.contains(&password))
    })
}

/// Read from a file that is created once, so that sessions survive a restart. Only its owner may read it.
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

/// Where there is mail, an account that its user deletes can be kept for a while by a link.
fn deletion_days(
    setting: impl Fn(&str) -> Option<String>,
    has_mail: bool,
) -> Result<u32, BadSetting> {
    const NAME: &str = "DELETION_GRACE_DAYS";
    let default = if has_mail { DELETION_DAYS } else { 0 };
    match number(setting, NAME, default)? {
        1.. if !has_mail => Err(BadSetting::new(NAME, "needs MAIL_URL: it sends a link")),
        0 => Ok(0),
        days @ DELETION_DAYS_MIN..=DELETION_DAYS_MAX => Ok(days),
        _ => Err(BadSetting::new(
            NAME,
            format!("is not 0, and not {DELETION_DAYS_MIN} to {DELETION_DAYS_MAX}"),
        )),
    }
}

/// Where there is mail, addresses are proven, unless `SIGN_UP` says otherwise.
fn sign_up(
    setting: impl Fn(&str) -> Option<String>,
    has_mail: bool,
) -> Result<SignUpMode, BadSetting> {
    let bad = |why: &str| BadSetting::new("SIGN_UP", why);
    let mode = match setting("SIGN_UP") {
        Some(mode) => mode
            .parse()
            .map_err(|_| bad("is none of open, confirmed, invited and closed"))?,
        None if has_mail => SignUpMode::Confirmed,
        None => SignUpMode::Open,
    };
    match mode {
        SignUpMode::Confirmed | SignUpMode::Invited if !has_mail => {
            Err(bad("needs MAIL_URL: it sends links"))
        }
        mode => Ok(mode),
    }
}
