//! Device cookies: a browser in which a user has logged in before has its own count, so that an attacker cannot lock out
//! the owner.

use app::auth::EventKind;
use axum::http::StatusCode;

use super::throttle::{guess, guesses, opens};
use super::throttle_address::from;
use crate::support::site::{OLDER_SECRET, SECRET, site};
use crate::support::visitor::{DEVICE, email, password};

#[tokio::test]
async fn an_owner_is_not_locked_out_in_a_browser_that_logged_in_before() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.log_out().await;
    guesses(&site, "Ada", 20).await;
    assert!(!opens(&site, "Ada").await);
    ada.log_in("Ada").await.leads_to("/");
    assert!(!ada.is_guest().await);
    assert!(!opens(&site, "Ada").await, "unknown browsers still wait");

    // A copied device cookie does not bypass the limit: it has one count.
    ada.log_out().await;
    for _ in 0..5 {
        guess(&mut ada.clone(), "Ada").await;
    }
    ada.log_in("Ada").await;
    assert!(ada.is_guest().await);

    // The cookie is valid for this account only.
    site.visitor().sign_up("Grace").await;
    guesses(&site, "Grace", 5).await;
    let mut other = site.user("Linus").await;
    other.log_out().await;
    other.log_in("Grace").await;
    assert!(other.is_guest().await);
}

#[tokio::test]
async fn a_browser_is_known_to_the_user_who_last_logged_in() {
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
async fn a_device_cookie_survives_secret_rotation_and_an_invalid_one_raises_no_alarm() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let device = ada.cookies[DEVICE].clone();
    let rotated = site
        .restarted_with(|settings| settings.secrets = vec![OLDER_SECRET, SECRET])
        .await;
    ada.moves_to(&rotated.router);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert_ne!(ada.cookies[DEVICE], device);
    let dropped = rotated
        .restarted_with(|settings| settings.secrets = vec![OLDER_SECRET])
        .await;
    ada.moves_to(&dropped.router);
    guesses(&dropped, "Ada", 6).await;
    ada.log_out().await;
    ada.log_in("Ada").await.leads_to("/");

    let mut other = dropped.visitor();
    other.cookies.insert(DEVICE.into(), device);
    dropped.events();
    assert!(other.is_guest().await);
    assert!(!dropped.events().contains(&EventKind::CookieTampered));
}

/// A device cookie proves that its browser knew the password; it ends when the password changes.
#[tokio::test]
async fn a_new_password_makes_every_other_browser_unknown() {
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

/// Clients that share the address of an attacker, such as an office, a hostel or a VPN exit.
#[tokio::test]
async fn guesses_from_the_same_address_do_not_lock_out_a_known_browser() {
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

    // A device cookie is valid for its own account only.
    site.visitor().sign_up("Grace").await;
    let fields = [("email", &*email("Grace")), ("password", "a wrong guess")];
    let answer = ada.call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}
