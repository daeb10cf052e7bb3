//! The operator's commands.

use std::process::{Command, Output};

use app::users::seed::{EMAIL, PASSWORD};
use clap::Parser;
use clap::error::ErrorKind;
use server::command::{Cli, CommandError};
use sqlx::query;

use crate::support::site::{SECRET, Site, site};
use crate::support::visitor::email;

fn read(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from([&["server"][..], words].concat())
}

async fn run(site: &Site, words: &[&str]) -> Result<(), CommandError> {
    let command = read(words).unwrap().command.expect("a command");
    command.run(&site.login_manager).await
}

#[tokio::test]
async fn log_out_ends_the_logins_of_one_user_only() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut remembered = site.stale_user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut grace = site.user("Grace").await;
    run(&site, &["log-out", "ADA@example.com"]).await.unwrap();
    assert!(ada.is_guest().await);
    assert!(remembered.is_guest().await);
    assert_eq!(script.ask("/api/account").await.status.as_u16(), 401);
    assert_eq!(grace.name().await.as_deref(), Some("Grace"));
}

#[tokio::test]
async fn seed_makes_a_user_to_try_the_site_with_once() {
    let site = site().await;
    for _ in 0..2 {
        run(&site, &["seed"]).await.unwrap();
        assert_eq!(site.rows("users").await.len(), 1);
    }
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let mut ada = site.visitor();
    ada.submit("/api/login", &fields).await.leads_to("/");
    ada.visit("/account").await.shows(EMAIL);
}

#[tokio::test]
async fn seed_says_so_if_the_address_has_another_password() {
    let site = site().await;
    site.user("Ada").await;
    assert_eq!(email("Ada"), EMAIL);
    let error = run(&site, &["seed"]).await.unwrap_err();
    assert!(error.to_string().contains("another password"), "{error}");
}

#[tokio::test]
async fn log_out_everyone_ends_all_logins() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut grace = site.stale_user("Grace").await;
    run(&site, &["log-out", "everyone"]).await.unwrap();
    assert!(ada.is_guest().await);
    assert!(grace.is_guest().await);
    ada.log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn a_user_is_deactivated_and_activated_again() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    run(&site, &["deactivate", "ada@example.com"])
        .await
        .unwrap();
    assert!(ada.is_guest().await);
    assert_eq!(
        site.visitor().log_in("Ada").await.location(),
        Some("/login")
    );
    assert_eq!(site.rows("sessions").await.len(), 0);
    run(&site, &["activate", "ada@example.com"]).await.unwrap();
    assert!(ada.is_guest().await);
    ada.log_in("Ada").await.leads_to("/");
}

/// More rows than one statement can delete within its time-out on a slow machine.
#[tokio::test]
async fn log_out_everyone_deletes_any_number_of_logins_in_batches() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = ada.ask("/api/current_user").await.json()["user"]["id"].clone();
    let mut write = site.database.begin_write().await.unwrap();
    for number in 0..5_100 {
        let row = query(
            "INSERT INTO sessions (id, login_id, user_id, created_at, authenticated_at, seen_at, \
                                   expires_at, forced, user_agent, address) \
             VALUES ($1, $1, $2, 0, 0, 0, 9999999999, 0, '', '')",
        );
        let row = row
            .bind(format!("row {number}"))
            .bind(user.as_str().unwrap());
        write.execute(row).await.unwrap();
    }
    write.commit().await.unwrap();
    let (queries, ended) = site.queries(run(&site, &["log-out", "everyone"])).await;
    ended.unwrap();
    assert_eq!(site.rows("sessions").await.len(), 0);
    assert!(queries > 4, "not all at once: {queries}");
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn delete_removes_a_user_and_frees_the_address() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.create_token("CI").await;
    let mut grace = site.user("Grace").await;
    run(&site, &["delete", "Ada@Example.com"]).await.unwrap();
    assert!(ada.is_guest().await);
    assert!(!grace.is_guest().await);
    assert_eq!(site.rows("access_tokens").await.len(), 0);
    assert_eq!(site.rows("sessions").await.len(), 1);
    assert!(!site.user("Ada").await.is_guest().await);
}

#[tokio::test]
async fn an_unknown_user_and_a_usage_error_are_different_errors() {
    let site = site().await;
    for words in [
        &["log-out", "nobody@example.com"],
        &["deactivate", "nobody@example.com"],
        &["delete", "nobody@example.com"],
    ] {
        let failed = run(&site, words).await.unwrap_err();
        assert!(matches!(failed, CommandError::NoSuchUser));
    }
    for words in [
        &["unlock"][..],
        &["log-out"],
        &["serve"],
        &["unlock", "a@b.test", "c@d.test"],
    ] {
        assert!(read(words).unwrap_err().use_stderr(), "{words:?}");
    }
    assert!(
        read(&[]).unwrap().command.is_none(),
        "without a command it serves"
    );
    let version = read(&["--version"]).unwrap_err();
    assert_eq!(version.kind(), ErrorKind::DisplayVersion);
}

/// Runs the program in an empty folder with only these settings.
fn server(folder: &tempfile::TempDir, settings: &[(&str, &str)], words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_server"))
        .current_dir(folder)
        .env_clear()
        .envs(settings.iter().copied())
        .args(words)
        .output()
        .unwrap()
}

#[test]
fn the_program_runs_a_command_and_reports_errors() {
    let folder = tempfile::TempDir::new().unwrap();
    let settings = [
        ("SECRET_KEY", SECRET),
        ("LEPTOS_OUTPUT_NAME", "latchkey"),
        ("DATABASE_URL", "sqlite:database.sqlite"),
    ];
    let server = |words: &[&str]| server(&folder, &settings, words);
    let done = server(&["log-out", "everyone"]);
    assert!(done.status.success(), "{done:?}");
    let unknown = server(&["log-out", "nobody@example.com"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&unknown.stderr),
        "latchkey: no user has this e-mail address\n"
    );
    let incomplete = server(&["log-out"]);
    assert_eq!(incomplete.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&incomplete.stderr).contains("server log-out <EMAIL|everyone>")
    );
}

#[test]
fn help_version_and_usage_errors_need_no_setting_and_open_no_database() {
    let folder = tempfile::TempDir::new().unwrap();
    // This setting is invalid and would stop the start if it were read.
    let server = |words: &[&str]| server(&folder, &[("DATABASE_URL", "nonsense")], words);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    for words in [&["--help"][..], &["-h"], &["help"]] {
        let help = server(words);
        assert_eq!(help.status.code(), Some(0), "{help:?}");
        for command in ["unlock", "log-out", "activate", "deactivate", "delete"] {
            assert!(text(&help.stdout).contains(&format!("\n  {command} ")));
        }
    }
    let help = server(&["log-out", "--help"]);
    assert_eq!(help.status.code(), Some(0), "{help:?}");
    assert!(text(&help.stdout).contains("log-out <EMAIL|everyone>"));

    let version = server(&["--version"]);
    assert_eq!(version.status.code(), Some(0), "{version:?}");
    let expected = format!("server {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&version.stdout), expected);

    for words in [
        &["serve"][..],
        &["--port"],
        &["unlock"],
        &["delete", "a@b.test", "c@d.test"],
    ] {
        let refused = server(words);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        assert_eq!(text(&refused.stdout), "");
        assert!(
            text(&refused.stderr).contains("\nUsage: server"),
            "{refused:?}"
        );
    }
    let made = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(made.count(), 0);
}
