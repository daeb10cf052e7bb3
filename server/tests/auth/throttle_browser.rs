//! A browser in which a user has logged in before keeps its own count, so that guesses from elsewhere lock no owner out.

use app::auth::EventKind;
use axum::http::StatusCode;

use super::throttle::{guess, guesses, opens};
use super::throttle_address::from;
use crate::support::site::{OLDER_SECRET, SECRET, site};
use crate::support::visitor::{email, password};

#[tokio::test]
async fn whoever_has_logged_in_from_a_browser_before_is_not_locked_out_there() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.log_out().await;
    guesses(&site, "Ada", 20).await;
    assert!(!opens(&site, "Ada").await);
    ada.log_in("Ada").await.leads_to("/");
    assert!(!ada.is_guest().await);
    assert!(!opens(&site, "Ada").await, "strangers still wait");

    // A copy of that browser's cookie is no way around: it counts for itself.
    ada.log_out().await;
    for _ in 0..5 {
        guess(&mut ada.clone(), "Ada").await;
    }
    ada.log_in("Ada").await;
    assert!(ada.is_guest().await);

    // And it is good for this account alone.
    site.visitor().sign_up("Grace").await;
    guesses(&site, "Grace", 5).await;
    let mut other = site.user("Linus").await;
    other.log_out().await;
    other.log_in("Grace").await;
    assert!(other.is_guest().await);
}

#[tokio::test]
async fn a_browser_is_known_to_whoever_logged_in_there_last() {
    let site = site().await;
    let mut browser = site.user("Ada").await;
    browser.log_out().await;
    browser.sign_up("Grace").await;
    browser.log_in("Grace").await;
    browser.log_out().await;
    guesses(&site, "Grace", 9).await;
    browser.log_in("Grace").await.leads_to("/");
}

#[tokio::test]
async fn a_known_browser_stays_known_when_the_secret_changes_and_raises_no_alarm_when_it_does_not()
{
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let device = ada.cookies["device"].clone();
    let rotated = site
        .restarted_with(|settings| settings.secrets = vec![OLDER_SECRET, SECRET])
        .await;
    ada.moves_to(&rotated.router);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert_ne!(ada.cookies["device"], device);
    let dropped = rotated
        .restarted_with(|settings| settings.secrets = vec![OLDER_SECRET])
        .await;
    ada.moves_to(&dropped.router);
    guesses(&dropped, "Ada", 6).await;
    ada.log_out().await;
    ada.log_in("Ada").await.leads_to("/");

    let mut other = dropped.visitor();
    other.cookies.insert("device".into(), device);
    dropped.events();
    assert!(other.is_guest().await);
    assert!(!dropped.events().contains(&EventKind::CookieTampered));
}

/// A device cookie proves that the password was known: the one of today, and not an older one.
#[tokio::test]
async fn a_new_password_makes_every_other_browser_a_stranger() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut thief = site.visitor();
    thief.log_in("Ada").await;
    let (old, new) = (password("Ada"), "a brand new long password");
    let fields = [("current_password", &*old), ("password", new)];
    let changed = ada.call("/api/password", &fields).await;
    assert_eq!(changed.status, StatusCode::OK);
    ada.log_out().await;
    thief.log_out().await;
    guesses(&site, "Ada", 5).await;

    let right = [("email", &*email("Ada")), ("password", new)];
    let guessed = thief.call("/api/login", &right).await;
    assert_eq!(guessed.body, r#""invalid_credentials""#);
    let known = ada.call("/api/login", &right).await;
    assert_eq!(known.status, StatusCode::OK);
}

/// Whoever shares an address with somebody who guesses: an office, a hostel, everybody behind one exit.
#[tokio::test]
async fn a_neighbour_who_guesses_locks_no_known_browser_out() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.log_out().await;
    ada.address = Some(([192, 0, 2, 1], 4711).into());
    for number in 0..31 {
        from(&site, "192.0.2.1", &format!("user{number}")).await;
    }
    let busy = from(&site, "192.0.2.1", "another").await;
    assert_eq!(busy.status, StatusCode::TOO_MANY_REQUESTS);
    ada.log_in("Ada").await.leads_to("/");
    ada.confirm("Ada").await.leads_to("/");

    // A device cookie is good for its own account alone.
    site.visitor().sign_up("Grace").await;
    let fields = [("email", &*email("Grace")), ("password", "a wrong guess")];
    let answer = ada.call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}
