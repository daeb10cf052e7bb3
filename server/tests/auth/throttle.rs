//! Rate limits: guessing a password is slow, and does not lock out the account's owner.

use std::net::SocketAddr;
use std::time::Duration;

use app::auth::EventKind;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};

use super::throttle_address::from;
use crate::support::site::{Settings, Site, cost, site, site_with};
use crate::support::visitor::{Answer, Visitor, email, encode, password, together};

pub(super) const MINUTE: Duration = Duration::from_mins(1);

pub(super) async fn guess(visitor: &mut Visitor, name: &str) -> Answer {
    let email = email(name);
    visitor
        .call(
            "/api/login",
            &[("email", &email), ("password", "a wrong guess")],
        )
        .await
}

/// Wrong passwords for the account, each from a new unknown browser.
pub(super) async fn guesses(site: &Site, name: &str, times: usize) {
    for _ in 0..times {
        guess(&mut site.visitor(), name).await;
    }
}

/// Whether the right password logs in from an unknown browser.
pub(super) async fn opens(site: &Site, name: &str) -> bool {
    let mut unknown = site.visitor();
    unknown.log_in(name).await;
    !unknown.is_guest().await
}

#[tokio::test]
async fn four_wrong_passwords_cause_no_wait_and_the_right_one_resets_the_count() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    for _ in 0..3 {
        guesses(&site, "Ada", 4).await;
        assert!(opens(&site, "Ada").await);
    }
}

#[tokio::test]
async fn from_the_fifth_each_wrong_password_doubles_the_wait() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    guesses(&site, "Ada", 5).await;
    for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert!(!opens(&site, "Ada").await, "a new attempt has to wait");
        site.pass(Duration::from_secs(wait - 1));
        assert!(!opens(&site, "Ada").await, "{wait} s are not over");
        site.pass(Duration::from_secs(1));
        guesses(&site, "Ada", 1).await;
    }
    site.pass(15 * MINUTE);
    assert!(opens(&site, "Ada").await);
    assert!(opens(&site, "Ada").await, "and the count is reset");
}

#[tokio::test]
async fn a_locked_account_is_answered_like_a_wrong_password_or_an_unknown_address() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let first = guess(&mut site.visitor(), "Ada").await;
    for name in ["Ada", "Nobody"] {
        guesses(&site, name, 10).await;
        let locked = guess(&mut site.visitor(), name).await;
        let mut right = site.visitor();
        let (email, password) = (email(name), password(name));
        let right = right
            .call("/api/login", &[("email", &email), ("password", &password)])
            .await;
        for answer in [locked, right] {
            assert_eq!(
                (answer.status, &answer.body),
                (first.status, &first.body),
                "{name}"
            );
            assert_eq!(answer.headers.len(), first.headers.len());
            assert_eq!(answer.cookies().len(), 0);
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_lock_an_account() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    guesses(&site, "Ada", 5).await;
    for number in 0..30 {
        from(&site, "203.0.113.9", &number.to_string()).await;
    }
    site.set_back(60 * MINUTE);
    assert!(opens(&site, "Ada").await);
    let status = from(&site, "203.0.113.9", "another").await.status;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

/// NIST SP 800-63B-4, 3.2.2.
#[tokio::test]
async fn after_a_hundred_wrong_passwords_in_a_row_the_account_is_locked_for_unknown_browsers() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    for _ in 0..100 {
        guesses(&site, "Ada", 1).await;
        site.pass(15 * MINUTE);
    }
    site.pass(Duration::from_hours(24 * 365));
    assert!(!opens(&site, "Ada").await);
    site.user("Grace").await; // Cleaning up keeps the count.
    assert!(!opens(&site, "Ada").await);
    site.login_manager.unlock("ADA@example.com").await.unwrap();
    assert!(opens(&site, "Ada").await);
}

#[tokio::test]
async fn guesses_do_not_affect_a_running_session() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    guesses(&site, "Ada", 30).await;
    assert!(!ada.is_guest().await);
}

/// A refused attempt is not counted, so the count stops at the limit.
#[tokio::test]
async fn concurrent_guesses_do_not_exceed_the_limit() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    site.events();
    let mut visitors: Vec<_> = (0..50).map(|_| site.visitor()).collect();
    let guesses = visitors.iter_mut().map(|visitor| guess(visitor, "Ada"));
    together(guesses.collect()).await;
    let events = site.events();
    let count = |kind| events.iter().filter(|event| **event == kind).count();
    assert_eq!(
        (
            count(EventKind::LoginFailed),
            count(EventKind::LoginThrottled)
        ),
        (5, 45)
    );
    let rows = site.rows("attempts").await;
    assert!(rows.len() == 1 && rows[0].contains(" count=5 "), "{rows:?}");
}

#[tokio::test]
async fn all_spellings_of_an_address_share_one_count() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    for spelling in [
        "ada@example.com",
        "ADA@example.com",
        " Ada@Example.com ",
        "aDA@EXAMPLE.COM",
        "ada@example.COM",
    ] {
        let fields = [("email", spelling), ("password", "a wrong guess")];
        site.visitor().call("/api/login", &fields).await;
    }
    assert!(!opens(&site, "Ada").await);
}

#[tokio::test]
async fn the_count_survives_a_restart_and_is_shared_by_all_servers() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    guesses(&site, "Ada", 5).await;
    let other = site.restarted_with(|_| {}).await;
    assert!(!opens(&other, "Ada").await);
}

#[tokio::test]
async fn confirmations_of_the_password_are_rate_limited_too() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..5 {
        let answer = ada
            .call("/api/confirm", &[("current_password", "wrong")])
            .await;
        assert_eq!(answer.body, r#""wrong_password""#);
    }
    ada.confirm("Ada").await;
    let right = password("Ada");
    let fields = [
        ("current_password", &*right),
        ("password", "a brand new long password"),
    ];
    let answer = ada.call("/api/password", &fields).await;
    assert_eq!(answer.body, r#"{"try_again_in":1}"#);
    site.pass(MINUTE);
    assert_eq!(
        ada.call("/api/password", &fields).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_operator_unlocks_a_locked_account_and_its_confirmation() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let email = email("Ada");
    for _ in 0..120 {
        guess(&mut site.visitor(), "Ada").await;
        ada.submit("/api/confirm", &[("current_password", "not this one")])
            .await;
        site.pass(15 * MINUTE);
        if ada.is_guest().await {
            ada.log_in("Ada").await;
        }
    }
    assert!(!opens(&site, "Ada").await);
    ada.log_in("Ada").await;
    let right = password("Ada");
    let told = ada
        .call("/api/confirm", &[("current_password", &right)])
        .await;
    assert_eq!(told.body, r#""password_locked""#);
    site.login_manager.unlock(&email).await.unwrap();
    assert!(opens(&site, "Ada").await);
    assert_eq!(ada.confirm("Ada").await.location(), Some("/"));
}

#[tokio::test]
async fn an_empty_password_reveals_nothing_and_is_not_counted() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let empty = async |name: &str| {
        let fields = [("email", &*email(name)), ("password", "")];
        site.visitor().call("/api/login", &fields).await
    };
    let before = empty("Ada").await;
    for _ in 0..20 {
        empty("Ada").await;
    }
    assert!(opens(&site, "Ada").await);
    guesses(&site, "Ada", 8).await;
    for answer in [empty("Ada").await, empty("Nobody").await] {
        assert_eq!((answer.status, &answer.body), (before.status, &before.body));
    }
}

/// The current password is verified first, and every attempt counts, right or wrong.
#[tokio::test]
async fn password_changes_are_rate_limited_too() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let (first, mut current) = (password("Ada"), password("Ada"));
    // Without the current password the response does not say whether the new one breaks a rule.
    for new in ["short", "", &"x".repeat(1000), "a brand new long password"] {
        let fields = [("current_password", "wrong"), ("password", new)];
        let answer = ada.call("/api/password", &fields).await;
        assert_eq!(answer.body, r#""wrong_password""#, "{new:.20}");
    }
    site.pass(MINUTE);

    let peer: SocketAddr = "192.0.2.1:4711".parse().unwrap();
    let mut counts = [0; 2];
    for number in 0..60 {
        let new = format!("candidate number {number} of many");
        let request = Request::post("/api/password")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(ConnectInfo(peer))
            .body(Body::from(encode(&[
                ("current_password", &current),
                ("password", &new),
            ])));
        let answer = ada.exchange(request.unwrap()).await;
        match answer.status {
            StatusCode::OK => {
                counts[0] += 1;
                current = new;
            }
            StatusCode::TOO_MANY_REQUESTS => counts[1] += 1,
            other => panic!("{other} {}", answer.body),
        }
    }
    assert_eq!(counts, [30, 30]);
    assert!(!ada.is_guest().await);
    let fields = [("email", &*email("Ada")), ("password", &*first)];
    let answer = site.visitor().call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn rate_limits_store_no_typed_value() {
    let site = site().await;
    let fields = [
        ("email", "my-secret-password@example.com"),
        ("password", "x"),
    ];
    site.visitor().call("/api/login", &fields).await;
    let rows = site.rows("attempts").await.join(" ");
    assert!(rows.contains("account:") && !rows.contains("secret"));
    assert!(
        site.log
            .lines()
            .iter()
            .all(|line| !line.contains("my-secret"))
    );
}

/// The counts of the accounts, once no request is in progress.
pub(super) async fn counted(site: &Site, expected: i64) -> bool {
    let sum =
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM attempts WHERE key LIKE 'account:%'";
    for _ in 0..500 {
        let (count,): (i64,) = sqlx::query_as(sum)
            .fetch_one(&site.database.pool)
            .await
            .unwrap();
        if count == expected {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// The right password, while the stored hash cannot be read.
#[tokio::test]
async fn a_password_that_could_not_be_verified_is_not_counted() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    let rename = async |from: &str, to: &str| {
        let rename = format!("ALTER TABLE users RENAME COLUMN {from} TO {to}");
        let rename = sqlx::query(sqlx::AssertSqlSafe(rename));
        rename.execute(&site.database.pool).await.unwrap();
    };
    rename("password_hash", "away").await;
    for _ in 0..6 {
        let fields = [("email", &*email("Ada")), ("password", &password("Ada"))];
        let answer = site.visitor().call("/api/login", &fields).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        let fields = [("current_password", fields[1].1)];
        let answer = ada.call("/api/confirm", &fields).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    rename("away", "password_hash").await;
    assert!(counted(&site, 0).await);
    assert!(opens(&site, "Ada").await);
}

#[tokio::test]
async fn an_aborted_request_does_not_count_as_a_guess() {
    let site = site_with(Settings {
        cost: cost(65_536, 8),
        ..Settings::default()
    })
    .await;
    site.visitor().sign_up("Ada").await;
    for _ in 0..6 {
        let mut visitor = site.visitor();
        let hanging = tokio::spawn(async move { visitor.log_in("Ada").await });
        assert!(counted(&site, 1).await);
        hanging.abort();
        assert!(
            hanging.await.is_err(),
            "the request was answered before it was aborted"
        );
        assert!(counted(&site, 0).await);
    }
    assert!(opens(&site, "Ada").await);
}

#[tokio::test]
async fn servers_with_different_clocks_share_one_count() {
    const APART: Duration = Duration::from_secs(90);
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let mut status = StatusCode::OK;
    for number in 0..33 {
        if number % 2 == 0 {
            site.pass(APART);
        } else {
            site.set_back(APART);
        }
        status = from(&site, "203.0.113.9", &number.to_string()).await.status;
    }
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);

    guesses(&site, "Ada", 9).await;
    site.set_back(APART);
    assert!(!opens(&site, "Ada").await, "sixteen seconds are not over");
    site.pass(APART + Duration::from_secs(16));
    assert!(opens(&site, "Ada").await);
}
