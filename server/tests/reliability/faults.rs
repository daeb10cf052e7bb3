//! Internal failures affect one request: they log no user in or out, are logged once, and leave other requests alone.

use std::sync::Arc;

use app::auth::{EventKind, Options};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use sqlx::query;

use crate::support::refusal::RefusalPage;
use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{HTML, SESSION, email, encode, password, send_expecting_failure};

fn logged(site: &Site, text: &str) -> usize {
    let lines = site.log.lines();
    lines.iter().filter(|line| line.contains(text)).count()
}

#[tokio::test]
async fn a_panic_is_answered_500_and_the_next_request_works() {
    let site = site_with(Settings {
        options: Options {
            listeners: vec![Arc::new(|event| {
                assert!(
                    event.kind != EventKind::LoginFailed,
                    "the listener fails on purpose"
                );
            })],
            ..Options::default()
        },
        panics: true,
        ..Settings::default()
    })
    .await;
    let mut ada = site.user("Ada").await;
    let address = email("Ada");
    let wrong = encode(&[("email", &*address), ("password", "wrong")]);
    let request = Request::post("/api/login")
        .header("accept", HTML)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = send_expecting_failure(&site.router, request.body(wrong.into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(RefusalPage::of(&answer).heading, "Something went wrong.");
    assert_eq!(logged(&site, "a handler panicked"), 1);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    site.visitor().log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn a_malformed_or_too_expensive_stored_hash_matches_no_password() {
    let site = site().await;
    for name in ["Ada", "Grace"] {
        site.visitor().sign_up(name).await;
    }
    let greedy = "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
                  RMUNiMEMHKvKAHOJhGFuWmYyNFsrGKsYFJCWCCGeQqc";
    let slow = "$argon2id$v=19$m=8,t=4000000,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
                RMUNiMEMHKvKAHOJhGFuWmYyNFsrGKsYFJCWCCGeQqc";
    for hash in [
        "",
        "x",
        "$argon2id$",
        "$2b$12$abcdefghijklmnopqrstuv",
        greedy,
        slow,
    ] {
        query("UPDATE users SET password_hash = $1 WHERE email_key = $2")
            .bind(hash)
            .bind(email("Ada"))
            .execute(&site.database.pool)
            .await
            .unwrap();
        let mut visitor = site.visitor();
        let (address, password) = (email("Ada"), password("Ada"));
        let fields = [("email", &*address), ("password", &*password)];
        let answer = visitor.call("/api/login", &fields).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{hash}");
        assert_eq!(answer.body, r#""invalid_credentials""#, "{hash}");
        assert!(visitor.is_guest().await);
        site.login_manager.unlock(&address).await.unwrap();
    }
    // But not the empty one, which is that of an account whose password has ended.
    assert_eq!(
        logged(
            &site,
            "a stored password hash is unsupported or too expensive"
        ),
        5
    );
    site.visitor().log_in("Grace").await.leads_to("/");
}

#[tokio::test]
async fn an_unreadable_row_affects_only_its_user() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut grace = site.user("Grace").await;
    let broken = query(
        "UPDATE sessions SET seen_at = 'no time' WHERE user_id = \
             (SELECT id FROM users WHERE email_key = 'ada@example.com')",
    );
    if broken.execute(&site.database.pool).await.is_err() {
        return; // PostgreSQL enforces column types, so it cannot have such a row.
    }
    let request = Request::get("/account")
        .header("accept", HTML)
        .header("cookie", format!("{SESSION}={}", ada.session_cookie()));
    let request = request.body(Body::empty()).unwrap();
    let answer = send_expecting_failure(&site.router, request).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(RefusalPage::of(&answer).heading, "Something went wrong.");
    assert!(answer.cookies().is_empty());
    assert!(logged(&site, "a database query failed") >= 1);
    assert_eq!(grace.name().await.as_deref(), Some("Grace"));
    ada.cookies.clear();
    ada.log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn an_unavailable_database_is_logged_with_its_cause_and_not_shown() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.database.pool.close().await;
    let answer = ada.visit("/account").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["retry-after"], "2");
    assert!(
        !answer.body.to_lowercase().contains("pool"),
        "{}",
        answer.body
    );
    assert_eq!(logged(&site, "a database query failed"), 1);
    assert!(answer.cookies().is_empty());
}
