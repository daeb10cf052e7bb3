//! An invalid setting stops the start with one line that names it, and no other.

use std::process::{Command, Output};

use app::auth::{Purpose, SigningKeys};
use secrecy::SecretString;
use server::config::Config;

use crate::support::site::{OLDER_SECRET, SECRET};

fn read(settings: &[(&str, &str)], released: bool) -> Result<Config, String> {
    let get = |name: &str| {
        let found = settings.iter().find(|(setting, _)| *setting == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::read(get, released).map_err(|error| error.to_string())
}

#[test]
fn a_release_build_needs_a_real_secret() {
    let refused = |secret: &str| {
        read(
            &[("SECRET_KEY", secret), ("DATABASE_URL", "sqlite:x")],
            true,
        )
        .unwrap_err()
    };
    let missing = read(&[("DATABASE_URL", "sqlite:x")], true).unwrap_err();
    assert!(missing.starts_with("SECRET_KEY is not set"), "{missing}");
    for secret in [
        "",
        "short",
        "                                        ",
        &"a".repeat(64),
        &"ab".repeat(32),
        "change-me-change-me-change-me-change-me",
        "this is an example of a secret key, do not use",
    ] {
        let error = refused(secret);
        assert!(error.starts_with("SECRET_KEY"), "{error}");
        assert!(
            secret.trim().is_empty() || !error.contains(secret),
            "{error}"
        );
    }
    assert!(
        read(
            &[("SECRET_KEY", SECRET), ("DATABASE_URL", "sqlite:x")],
            true
        )
        .is_ok()
    );
}

#[test]
fn spaces_and_line_ends_around_fallback_secrets_are_ignored() {
    let read = |older: &str| {
        let settings = [
            ("SECRET_KEY", SECRET),
            ("SECRET_KEY_FALLBACKS", older),
            ("DATABASE_URL", "sqlite:x"),
        ];
        read(&settings, true).map(|config| config.keys)
    };
    let older = SigningKeys::new(&SecretString::from(OLDER_SECRET), &[]).unwrap();
    let sealed = older.seal(Purpose::Session, b"x", 0);
    let other = format!("{}, {OLDER_SECRET}\n", "kq7-Zw3x".repeat(8));
    for older in [&*format!(" {OLDER_SECRET} "), &other] {
        assert!(
            read(older)
                .unwrap()
                .open(Purpose::Session, &sealed)
                .is_some()
        );
    }
    assert!(read(&format!(" {SECRET}")).is_err(), "given twice");
}

#[test]
fn a_release_build_refuses_a_default_database_password() {
    let read = |url: &str, released| {
        let settings = [("SECRET_KEY", SECRET), ("DATABASE_URL", url)];
        read(&settings, released)
    };
    for url in [
        "postgres://postgres:postgres@db.test/app",
        "postgres://latchkey:latchkey@db.test/app",
        "postgres://latchkey:changeme@db.test/app",
    ] {
        let error = read(url, true).unwrap_err();
        assert!(error.starts_with("DATABASE_URL has a password"), "{error}");
        assert!(!error.contains("latchkey"), "{error}");
        assert!(read(url, false).is_ok(), "accepted in development");
    }
    for url in [
        "postgres://latchkey@db.test/app",
        "postgres://latchkey:k7Zw3xQ@db.test/app",
    ] {
        assert!(read(url, true).is_ok(), "{url}");
    }
}

#[test]
fn a_secret_needs_at_least_32_bytes() {
    let read = |secret: &str| {
        let settings = [("SECRET_KEY", secret), ("DATABASE_URL", "sqlite:x")];
        read(&settings, true)
    };
    assert!(read(&SECRET[..32]).is_ok());
    assert!(
        read(&"kq7-Zw3x".repeat(8)).is_ok(),
        "eight different characters"
    );
    assert!(
        read(&"kq7-Zw3".repeat(8)).is_err(),
        "seven different characters"
    );
    let error = read(&SECRET[..31]).unwrap_err();
    assert!(error.contains("fewer than 32 bytes"), "{error}");
}

#[test]
fn debug_of_the_settings_shows_no_secret() {
    let settings = [
        ("SECRET_KEY", SECRET),
        ("SECRET_KEY_FALLBACKS", OLDER_SECRET),
        ("DATABASE_URL", "postgres://ada:hunter2@db.test/app"),
    ];
    let shown = format!("{:?}", read(&settings, true).unwrap());
    for secret in [SECRET, OLDER_SECRET, "hunter2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn fallback_secrets_follow_the_same_rules() {
    let read = |fallbacks| {
        read(
            &[
                ("SECRET_KEY", SECRET),
                ("SECRET_KEY_FALLBACKS", fallbacks),
                ("DATABASE_URL", "sqlite:x"),
            ],
            true,
        )
    };
    assert!(read("").is_ok());
    assert!(read(OLDER_SECRET).is_ok());
    for bad in [
        "short",
        SECRET,
        &format!("{OLDER_SECRET},{OLDER_SECRET}"),
        &format!("{OLDER_SECRET},short"),
    ] {
        let error = read(bad).unwrap_err();
        assert!(
            error.contains("SECRET_KEY_FALLBACKS") && !error.contains(OLDER_SECRET),
            "{error}"
        );
    }
}

#[test]
fn cookies_are_secure_if_the_site_url_is_https() {
    let read = |url| {
        read(
            &[
                ("SECRET_KEY", SECRET),
                ("SITE_URL", url),
                ("DATABASE_URL", "sqlite:x"),
            ],
            true,
        )
    };
    assert!(read("https://example.com").unwrap().secure);
    assert!(!read("http://127.0.0.1:3000").unwrap().secure);
    let forgotten = [("SECRET_KEY", SECRET), ("DATABASE_URL", "sqlite:x")];
    assert!(
        super::settings::read(&forgotten, true).unwrap().secure,
        "without SITE_URL a release build assumes https"
    );
    assert!(!super::settings::read(&forgotten, false).unwrap().secure);
    for bad in [
        "",
        "example.com",
        "https://",
        "ftp://example.com",
        "//example.com",
    ] {
        assert!(read(bad).unwrap_err().starts_with("SITE_URL"), "{bad}");
    }
}

#[test]
fn an_unsupported_database_url_is_refused() {
    let error = read(
        &[
            ("SECRET_KEY", SECRET),
            ("DATABASE_URL", "mysql://x:hunter2@y"),
        ],
        true,
    )
    .unwrap_err();
    assert!(
        error.starts_with("DATABASE_URL") && !error.contains("hunter2"),
        "{error}"
    );
}

/// The real program, in an empty folder.
fn start(settings: &[(&str, &str)]) -> (Output, tempfile::TempDir) {
    let folder = tempfile::TempDir::new().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    program
        .current_dir(folder.path())
        .env_clear()
        .env("LEPTOS_OUTPUT_NAME", "latchkey");
    let output = program
        .envs(settings.iter().copied())
        .output()
        .expect("it starts");
    (output, folder)
}

#[track_caller]
fn assert_stops_naming(setting: &str, settings: &[(&str, &str)]) {
    let (output, _folder) = start(settings);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(
        error.starts_with(&format!("latchkey: {setting}")),
        "{error}"
    );
}

#[test]
fn a_port_in_use_stops_the_start_with_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_stops_naming("LEPTOS_SITE_ADDR", &[("LEPTOS_SITE_ADDR", &address)]);
    // Of the other loopback: `localhost` would lead some browsers to another program.
    let taken = std::net::TcpListener::bind("[::1]:0").unwrap();
    let address = format!("127.0.0.1:{}", taken.local_addr().unwrap().port());
    assert_stops_naming("LEPTOS_SITE_ADDR", &[("LEPTOS_SITE_ADDR", &address)]);
}

#[test]
fn a_database_that_cannot_be_created_stops_the_start_with_one_line() {
    assert_stops_naming(
        "DATABASE_URL",
        &[("DATABASE_URL", "sqlite:/no/such/folder/database.sqlite")],
    );
    assert_stops_naming("DATABASE_URL", &[("DATABASE_URL", "sqlite:/")]);
}

#[test]
fn an_invalid_setting_stops_the_start_with_one_line() {
    assert_stops_naming("LEPTOS_*", &[("LEPTOS_SITE_ADDR", "somewhere")]);
    assert_stops_naming("SITE_URL", &[("SITE_URL", "somewhere")]);
    assert_stops_naming("SECRET_KEY", &[("SECRET_KEY", "short")]);
}

#[test]
fn missing_hashes_of_the_built_files_stop_the_start_with_one_line() {
    let settings = [
        ("LEPTOS_HASH_FILES", "true"),
        ("LEPTOS_HASH_FILE_NAME", "missing.txt"),
    ];
    assert_stops_naming("LEPTOS_HASH_FILES", &settings);
}

#[test]
fn a_fresh_clone_creates_its_database_and_secret_once() {
    use std::os::unix::fs::PermissionsExt;
    // The port is taken, so the program stops after it has created both.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (_, folder) = start(&[("LEPTOS_SITE_ADDR", &address)]);
    let secret = folder.path().join("data/development_secret_key");
    assert!(folder.path().join("data/latchkey.sqlite").exists());
    let data = std::fs::metadata(folder.path().join("data")).unwrap();
    assert_eq!(data.permissions().mode() & 0o777, 0o700);
    assert_eq!(
        std::fs::metadata(&secret).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let first = std::fs::read_to_string(&secret).unwrap();
    assert_eq!(first.len(), 43);

    let mut again = Command::new(env!("CARGO_BIN_EXE_server"));
    again
        .current_dir(folder.path())
        .env_clear()
        .env("LEPTOS_SITE_ADDR", &address);
    again
        .env("LEPTOS_OUTPUT_NAME", "latchkey")
        .output()
        .unwrap();
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), first);
}
