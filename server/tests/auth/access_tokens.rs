//! Access tokens: creation, display, use, revocation and expiry.

use std::time::Duration;

use app::auth::AuthError;
use app::auth::config::TOKEN_DAYS;
use axum::http::StatusCode;

use super::request_loader::{DAY, ada_and_script, assert_refused};
use crate::support::site::site;
use crate::support::visitor::together;

#[tokio::test]
async fn the_last_use_is_stored_even_while_another_write_holds_the_permit() {
    let site = site().await;
    let (_, mut script) = ada_and_script(&site).await;
    let write = site.database.begin_write().await.unwrap();
    let asks = tokio::spawn(async move { script.ask("/api/account").await.status });
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(write);
    assert_eq!(asks.await.unwrap(), StatusCode::OK);
    let tokens = site.rows("access_tokens").await;
    assert!(
        tokens.iter().all(|row| !row.contains("last_used_at= ")),
        "{tokens:?}"
    );
}

#[tokio::test]
async fn a_token_ends_when_it_is_revoked_or_expires() {
    let site = site().await;
    let (mut ada, mut script) = ada_and_script(&site).await;
    let mut other = site.visitor();
    other.token = Some(ada.create_token("other").await);

    let tokens = ada.ask("/api/access_tokens").await.json();
    let ci = tokens["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["name"] == "CI")
        .unwrap();
    let id = ci["id"].as_str().unwrap().to_owned();

    let mut grace = site.user("Grace").await;
    assert_eq!(
        grace.call("/api/revoke_token", &[("id", &id)]).await.status,
        StatusCode::OK
    );
    assert_eq!(
        script.ask("/api/account").await.status,
        StatusCode::OK,
        "Grace cannot revoke it"
    );

    ada.submit("/api/revoke_token", &[("id", &id)])
        .await
        .leads_to("/account/tokens");
    ada.visit("/account/tokens").await.shows("Token revoked.");
    assert_refused(&script.ask("/api/account").await);
    assert_eq!(other.ask("/api/account").await.status, StatusCode::OK);

    site.pass(30 * DAY);
    assert_refused(&other.ask("/api/account").await);
}

#[tokio::test]
async fn a_token_is_shown_once_and_stored_as_a_hash() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let fields = [("token_name", "CI"), ("days", "30")];
    ada.submit("/api/create_token", &fields)
        .await
        .leads_to("/account/tokens");
    let page = ada.visit("/account/tokens").await;
    let (_, rest) = page.body.split_once("lk_").expect("the token");
    let token = format!("lk_{}", &rest[..43]);
    assert!(!ada.visit("/account/tokens").await.body.contains("lk_"));
    let rows = site.rows("access_tokens").await.join(" ");
    assert!(!rows.contains(&token) && !rows.contains(&token[3..]));
    assert!(
        site.log
            .lines()
            .iter()
            .all(|line| !line.contains(&token[3..]))
    );

    let mut script = site.visitor();
    script.token = Some(token);
    assert_eq!(script.ask("/api/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_invalid_name_or_lifetime_shows_its_error_and_keeps_the_typed_name() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let usual = TOKEN_DAYS.to_string();
    let long = "x".repeat(61);
    for (name, days, code, text) in [
        (
            "",
            "30",
            "invalid_token_name",
            "Enter a name of 1 to 60 characters.",
        ),
        (
            "  ",
            "30",
            "invalid_token_name",
            "Enter a name of 1 to 60 characters.",
        ),
        (
            &*long,
            "30",
            "invalid_token_name",
            "Enter a name of 1 to 60 characters.",
        ),
        (
            "CI",
            "0",
            "invalid_days",
            "Enter a number of days from 1 to 365.",
        ),
        (
            "CI",
            "366",
            "invalid_days",
            "Enter a number of days from 1 to 365.",
        ),
        (
            "CI",
            "soon",
            "invalid_days",
            "Enter a number of days from 1 to 365.",
        ),
        (
            "CI",
            "99999999999999999999",
            "invalid_days",
            "Enter a number of days from 1 to 365.",
        ),
    ] {
        let fields = [("token_name", name), ("days", days)];
        let answer = ada.call("/api/create_token", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.body, format!("\"{code}\""));
        ada.submit("/api/create_token", &fields)
            .await
            .leads_to("/account/tokens");
        let page = ada.visit("/account/tokens").await;
        page.shows(text);
        assert_eq!(page.field("token_name"), name);
        let offered = if days == "30" { days } else { &*usual };
        assert_eq!(page.field("days"), offered);
    }
    assert_eq!(site.rows("access_tokens").await.len(), 0);
}

/// Concurrent requests, too, cannot exceed the limit.
#[tokio::test]
async fn one_token_over_the_limit_is_refused_and_no_other_is_removed() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..6 {
        let mut tabs = vec![ada.clone(); 10];
        let fields = [("token_name", "CI"), ("days", "1")];
        let made = tabs
            .iter_mut()
            .map(|tab| tab.call("/api/create_token", &fields));
        for answer in together(made.collect()).await {
            let refused = answer.body == r#""too_many_tokens""#;
            assert_eq!(answer.status == StatusCode::UNPROCESSABLE_ENTITY, refused);
        }
    }
    assert_eq!(site.rows("access_tokens").await.len(), 50);
    let fields = [("token_name", "one more"), ("days", "1")];
    ada.submit("/api/create_token", &fields)
        .await
        .leads_to("/account/tokens");
    let page = ada.visit("/account/tokens").await;
    page.shows("You have 50 access tokens.");
    page.shows(r#"value="one more""#);

    site.pass(Duration::from_hours(23));
    ada.log_in("Ada").await;
    site.pass(Duration::from_hours(1));
    ada.confirm("Ada").await;
    ada.create_token("the old ones have expired").await;
}

/// The operator ends all logins and tokens of the user while the request creates another one.
#[tokio::test]
async fn a_token_cannot_be_created_after_a_concurrent_logout_of_the_user() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let manager = site.login_manager.clone();
    let made = site
        .within(&mut ada, |session| async move {
            let here = session.load().await?.expect("a user");
            manager.log_out(&here.user().id).await?;
            let made = session.create_access_token("CI", 30).await;
            made.map(drop)
        })
        .await;
    assert_eq!(made, Err(AuthError::LoginRequired));
    assert_eq!(site.rows("access_tokens").await.len(), 0);
}

#[tokio::test]
async fn the_last_use_is_stored_at_most_every_five_minutes() {
    let site = site().await;
    let (_, mut script) = ada_and_script(&site).await;
    assert_eq!(site.queries(script.ask("/api/account")).await.0, 2);
    assert_eq!(site.queries(script.ask("/api/account")).await.0, 1);
    site.pass(Duration::from_mins(5));
    assert_eq!(site.queries(script.ask("/api/account")).await.0, 2);
}
