//! The list of a user's logins: the user sees each device, and ends one of them or all others.

use std::time::Duration;

use app::auth::EventKind;
use axum::http::StatusCode;

use crate::support::site::{Site, site};
use crate::support::visitor::{REMEMBER, SAFARI, Visitor};

const HOUR: Duration = Duration::from_hours(1);

/// Ada at her desk, and on her phone, where she is remembered.
async fn desk_and_phone(site: &Site) -> (Visitor, Visitor) {
    let mut phone = site.visitor();
    phone.user_agent = SAFARI;
    phone.sign_up("Ada").await;
    phone.log_in_remembered("Ada").await;
    site.pass(HOUR);
    let mut desk = site.visitor();
    desk.log_in("Ada").await;
    (desk, phone)
}

/// The devices that the page lists, each with the id that ends it.
async fn devices(visitor: &mut Visitor) -> Vec<(String, String)> {
    let answer = visitor.ask("/api/sessions").await.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let sessions = answer["sessions"].as_array().unwrap().iter();
    sessions
        .map(|session| (text(&session["user_agent"]), text(&session["id"])))
        .collect()
}

#[tokio::test]
async fn the_page_lists_every_device_and_marks_the_current_one() {
    let site = site().await;
    let (mut desk, _phone) = desk_and_phone(&site).await;
    site.user("Grace").await;
    let page = desk.visit("/account/sessions").await;
    page.shows("Firefox on Linux");
    page.shows("This device");
    page.shows("Safari on an iPhone");
    page.shows("last seen 1 hour ago");
    page.shows("logged in 1 hour ago</time>, stays logged in");
    assert_eq!(devices(&mut desk).await.len(), 2);
}

#[tokio::test]
async fn ending_one_login_ends_its_remember_cookie_and_no_other_login() {
    let site = site().await;
    let (mut desk, mut phone) = desk_and_phone(&site).await;
    let (_, id) = devices(&mut desk).await[1].clone();
    site.events();
    desk.submit("/api/end_session", &[("id", &id)])
        .await
        .leads_to("/account/sessions");
    assert!(site.events().contains(&EventKind::SessionEnded));
    desk.visit("/account/sessions")
        .await
        .shows("Device logged out.");
    assert!(phone.is_guest().await);
    assert_eq!(desk.name().await.as_deref(), Some("Ada"));
    assert_eq!(site.rows("remembered").await.len(), 0);
}

#[tokio::test]
async fn a_login_can_be_ended_after_it_was_confirmed() {
    let site = site().await;
    let (mut ada, mut desk) = (site.user("Ada").await, site.visitor());
    site.pass(HOUR);
    desk.log_in("Ada").await;
    let (_, id) = devices(&mut desk).await[1].clone();
    for _ in 0..3 {
        ada.confirm("Ada").await.leads_to("/");
    }
    let listed = devices(&mut desk).await;
    assert!(
        listed.iter().any(|(_, same)| *same == id),
        "with the same id"
    );
    let answer = desk.call("/api/end_session", &[("id", &id)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn an_invalid_id_is_answered_like_an_unknown_one() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for (call, unknown) in [
        ("/api/end_session", "00000000"),
        ("/api/revoke_token", "00000000"),
    ] {
        let right = ada.call(call, &[("id", unknown)]).await;
        for id in ["\0", "x\0y", "ä", &"x".repeat(5000)] {
            let answer = ada.call(call, &[("id", id)]).await;
            assert_eq!(answer.status, right.status, "{call} {id:?}");
            assert_eq!(answer.body, right.body, "{call} {id:?}");
        }
    }
    assert!(!ada.is_guest().await);
}

#[tokio::test]
async fn ending_all_other_logins_keeps_this_one_and_other_users_logins() {
    let site = site().await;
    let (mut desk, mut phone) = desk_and_phone(&site).await;
    let mut grace = site.user("Grace").await;
    desk.submit("/api/end_session", &[])
        .await
        .leads_to("/account/sessions");
    assert!(phone.is_guest().await);
    assert_eq!(desk.name().await.as_deref(), Some("Ada"));
    assert_eq!(grace.name().await.as_deref(), Some("Grace"));
    assert_eq!(devices(&mut desk).await.len(), 1);
}

#[tokio::test]
async fn a_remembered_device_without_a_session_is_listed_and_can_be_ended() {
    let site = site().await;
    let (_, mut phone) = desk_and_phone(&site).await;
    site.pass(25 * HOUR);
    site.clean_up().await;
    assert_eq!(site.rows("sessions").await.len(), 0);
    let mut desk = site.visitor();
    desk.log_in("Ada").await;
    let listed = devices(&mut desk).await;
    assert_eq!(listed[1].0, SAFARI);
    desk.submit("/api/end_session", &[("id", &listed[1].1)])
        .await;
    assert!(phone.is_guest().await);
}

#[tokio::test]
async fn ending_other_logins_needs_a_fresh_login() {
    let site = site().await;
    let (_desk, mut phone) = desk_and_phone(&site).await;
    phone.ask("/api/sessions").await.json();
    let answer = phone.call("/api/end_session", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.body, r#""fresh_login_required""#);
    assert_eq!(site.rows("sessions").await.len(), 2);
    let guest = site.visitor().call("/api/end_session", &[]).await;
    assert_eq!(guest.body, r#""login_required""#);
}

#[tokio::test]
async fn another_users_login_cannot_be_ended_and_the_response_does_not_reveal_it() {
    let site = site().await;
    let mut grace = site.user("Grace").await;
    let mut ada = site.user("Ada").await;
    let (_, hers) = devices(&mut grace).await[0].clone();
    site.events();
    let answers = [
        ada.call("/api/end_session", &[("id", &hers)]).await,
        ada.call("/api/end_session", &[("id", "unknown")]).await,
    ];
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert_eq!(answers[0].body, answers[1].body);
    assert!(!site.events().contains(&EventKind::SessionEnded));
    assert_eq!(grace.name().await.as_deref(), Some("Grace"));
}

#[tokio::test]
async fn the_id_that_ends_a_login_does_not_log_in() {
    let site = site().await;
    let (mut desk, _phone) = desk_and_phone(&site).await;
    for (_, id) in devices(&mut desk).await {
        let mut thief = site.visitor();
        thief.set_session_cookie(id.clone());
        thief.cookies.insert(REMEMBER.into(), id);
        assert!(thief.is_guest().await);
    }
}

#[tokio::test]
async fn one_device_over_the_limit_logs_out_the_least_recently_seen() {
    let site = site().await;
    let mut first = site.visitor();
    first.sign_up("Ada").await;
    first.log_in_remembered("Ada").await;
    let mut second = site.visitor();
    for _ in 0..49 {
        site.pass(Duration::from_mins(1));
        second = site.visitor();
        second.log_in_remembered("Ada").await;
    }
    assert_eq!(first.name().await.as_deref(), Some("Ada"));
    assert_eq!(site.rows("sessions").await.len(), 50);
    let mut last = site.visitor();
    last.log_in_remembered("Ada").await;
    assert!(first.is_guest().await);
    assert_eq!(second.name().await.as_deref(), Some("Ada"));
    assert_eq!(last.name().await.as_deref(), Some("Ada"));
    assert_eq!(site.rows("sessions").await.len(), 50);
    assert_eq!(site.rows("remembered").await.len(), 50);
}

#[tokio::test]
async fn many_logins_within_a_second_all_succeed_and_leave_fifty_sessions() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    for _ in 0..60 {
        let mut visitor = site.visitor();
        visitor.log_in("Ada").await;
        assert_eq!(visitor.name().await.as_deref(), Some("Ada"));
    }
    assert_eq!(site.rows("sessions").await.len(), 50);
}

/// Each of these logins is a separate device.
#[tokio::test]
async fn the_logins_of_one_user_are_limited_and_the_least_recently_seen_ends() {
    const MOST: usize = 50;
    let site = site().await;
    let mut first = site.user("Ada").await;
    let mut grace = site.user("Grace").await;
    let mut second = site.visitor();
    second.log_in_remembered("Ada").await;
    for number in 0..MOST + 50 {
        site.pass(Duration::from_secs(1));
        if number % 10 == 0 {
            site.visitor().log_in_remembered("Ada").await;
        } else {
            site.visitor().log_in("Ada").await;
        }
        if number % 25 == 20 {
            site.pass(Duration::from_mins(6));
            assert!(!first.is_guest().await, "this visit updates last seen");
        }
    }
    let mut last = site.visitor();
    last.log_in("Ada").await;
    assert_eq!(site.rows("sessions").await.len(), MOST + 1, "and Grace's");
    assert!(site.rows("remembered").await.len() <= MOST);
    assert!(!first.is_guest().await && !last.is_guest().await && !grace.is_guest().await);
    second.cookies.remove(REMEMBER);
    assert!(second.is_guest().await);

    // Remembered devices that no longer have a session.
    for _ in 0..MOST + 10 {
        site.pass(Duration::from_hours(1));
        site.visitor().log_in_remembered("Ada").await;
    }
    assert!(site.rows("remembered").await.len() <= MOST);
}
