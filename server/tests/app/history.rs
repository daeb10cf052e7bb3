//! Yours. The history of an account.

use std::time::Duration;

use crate::support::site::site;
use crate::support::visitor::{SAFARI, password};

#[tokio::test]
async fn the_history_has_logins_and_changes_the_newest_first() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.user_agent = SAFARI;
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await;
    site.pass(Duration::from_mins(5));
    ada.create_token("Backup").await;
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "another battery-staple-marker"),
    ];
    ada.submit("/api/password", &fields).await;
    let page = ada.visit("/account/history").await;
    for text in [
        "Login with a new browser",
        "Access token created",
        "Password changed",
        "Safari on an iPhone",
        "5 minutes ago",
    ] {
        page.shows(text);
    }
    ada.visit_in("de", "/account/history")
        .await
        .shows("Anmeldung mit einem neuen Browser");
    let answer = ada.ask("/api/history").await.json();
    let entries = answer.as_array().unwrap().iter();
    let whats: Vec<_> = entries
        .map(|entry| entry["what"].as_str().unwrap())
        .collect();
    assert_eq!(whats.len(), 3);
    assert_eq!(whats[2], "Login with a new browser");
    let log = site.log.lines();
    let missing = log.iter().find(|line| line.contains("a text is missing"));
    assert!(missing.is_none(), "{missing:?}");
}

#[tokio::test]
async fn a_history_is_of_its_user_alone_and_is_kept_for_a_year() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut grace = site.user("Grace").await;
    grace.create_token("Backup").await;
    let page = ada.visit("/account/history").await;
    assert!(!page.body.contains("Access token created"));
    site.pass(Duration::from_hours(365 * 24));
    site.clean_up().await;
    assert!(site.rows("history").await.is_empty());
}

#[tokio::test]
async fn wrong_passwords_are_not_in_it() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..3 {
        let fields = [
            ("email", "ada@example.com"),
            ("password", "a wrong password"),
        ];
        site.visitor().call("/api/login", &fields).await;
    }
    let answer = ada.ask("/api/history").await.json();
    assert_eq!(answer.as_array().unwrap().len(), 1);
}
