//! The operator's commands about mail.

use std::process::Command;
use std::time::Duration;

use app::auth::SignUpMode;
use axum::http::StatusCode;
use clap::Parser;
use server::command::{Cli, CommandError};
use tempfile::TempDir;

use super::postbox::{mail_by, site_with_mode};
use super::smtp::{Behaviour, MailServer};
use crate::support::program::{built, free_address, spawn};
use crate::support::site::{SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{email, password};

async fn run(site: &Site, words: &[&str]) -> Result<(), CommandError> {
    let words = [&["server"][..], words].concat();
    let command = Cli::try_parse_from(words).unwrap().command.unwrap();
    command.run(&site.login_manager).await
}

#[tokio::test]
async fn an_invitation_makes_an_account_where_no_other_visitor_can_sign_up() {
    let site = site_with_mode(SignUpMode::Invited).await;
    run(&site, &["invite", "ada@example.com"]).await.unwrap();
    let mail = site.one_mail().await;
    assert_eq!(mail.subject, "You're invited to Latchkey");
    site.pass(Duration::from_hours(7 * 24 - 1));
    let mut ada = site.visitor();
    let page = ada.visit(&mail.path()).await;
    page.shows("For ada@example.com.");
    let (token, password) = (mail.token(), password("Ada"));
    let fields = [("link", &*token), ("name", "Ada"), ("password", &*password)];
    ada.submit("/api/signup", &fields).await.leads_to("/");
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_and_works_nowhere_that_is_closed() {
    let site = site_with_mode(SignUpMode::Invited).await;
    run(&site, &["invite", "ada@example.com"]).await.unwrap();
    let mail = site.one_mail().await;
    let closed = site
        .restarted_with(|settings| settings.options.sign_up = SignUpMode::Closed)
        .await;
    let words = ["invite", "grace@example.com"];
    let error = run(&closed, &words).await.unwrap_err();
    assert!(error.to_string().contains("SIGN_UP=closed"), "{error}");
    let (token, password) = (mail.token(), password("Ada"));
    let fields = [("link", &*token), ("name", "Ada"), ("password", &*password)];
    let answer = closed.visitor().call("/api/signup", &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    site.pass(Duration::from_hours(7 * 24));
    let answer = site.visitor().call("/api/signup", &fields).await;
    assert_eq!(answer.status, StatusCode::GONE);
}

#[tokio::test]
async fn an_address_with_an_account_is_not_invited() {
    let site = site_with_mode(SignUpMode::Open).await;
    site.user("Ada").await;
    let error = run(&site, &["invite", &email("Ada")]).await.unwrap_err();
    assert!(
        error.to_string().contains("has an account already"),
        "{error}"
    );
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn a_test_says_whether_the_mail_server_takes_mail() {
    let server = MailServer::start().await;
    let mut settings = Settings::default();
    settings.options.post = Some(mail_by(server.transport(), SECRET).into_post());
    let site = site_with(settings).await;
    let test = async |address| run(&site, &["mail-test", address]).await;
    test("ada@example.com").await.unwrap();
    assert_eq!(server.mails().len(), 1);
    server.now(Behaviour::Answers("550 5.1.1 no such user"));
    let error = test("ada@example.com").await.unwrap_err();
    assert_eq!(error.to_string(), "the mail was not sent: 550 5.1.1");
    let error = test("no address").await.unwrap_err();
    assert!(error.to_string().contains("no such address"), "{error}");
}

#[tokio::test]
async fn a_command_that_waits_ends_when_it_is_interrupted() {
    let (server, folder) = (MailServer::start().await, TempDir::new().unwrap());
    server.now(Behaviour::SaysNothing);
    let mail = format!("smtp://{}", server.address);
    let database = format!("postgres://ada:secret@{}/site", server.address);
    for (signal, setting) in [
        ("-INT", ("MAIL_URL", &*mail)),
        ("-TERM", ("MAIL_URL", &*mail)),
        ("-TERM", ("DATABASE_URL", &*database)),
    ] {
        let settings = [setting, ("SITE_URL", "http://localhost")];
        let mut command = Command::new(built());
        let command = command.args(["mail-test", "ada@example.com"]);
        let mut program = spawn(command, &folder, free_address(), &settings);
        server.is_called().await;
        program.signal(signal);
        let status = program.ends_within(Duration::from_secs(5));
        assert_eq!(status.code(), Some(1), "{signal}");
    }
}

#[tokio::test]
async fn without_mail_the_commands_say_so() {
    let site = site().await;
    for words in [
        &["outbox"][..],
        &["invite", "a@example.com"],
        &["mail-test", "a@example.com"],
    ] {
        let error = run(&site, words).await.unwrap_err();
        assert!(error.to_string().contains("MAIL_URL"), "{error}");
    }
}

#[tokio::test]
async fn the_outbox_is_listed() {
    let site = site_with_mode(SignUpMode::Invited).await;
    run(&site, &["invite", "ada@example.com"]).await.unwrap();
    let listed = app::mail::outbox::list(&site.database, 10).await.unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|mail| (&*mail.kind, &*mail.state))
        .collect();
    assert_eq!(listed, [("invitation", "waiting")]);
    run(&site, &["outbox"]).await.unwrap();
}
