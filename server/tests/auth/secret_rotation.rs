//! A new secret key: cookies that are signed with an older one are signed again, and end when it is removed.

use std::time::Duration;

use super::remember::remembered;
use super::session_cookie::{assert_worthless, is_known};
use crate::support::pages::{QUIET, SILENCE, pages};
use crate::support::site::{OLDER_SECRET, SECRET, Settings, site_with};
use crate::support::visitor::{DEVICE, REMEMBER, SESSION};

/// Every cookie, not only the session's.
#[tokio::test]
async fn a_cookie_signed_with_an_older_secret_is_signed_again_and_ends_with_that_secret() {
    let old = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let mut ada = remembered(&old, "Ada").await;
    let mut sleeper = ada.clone();
    sleeper.close_browser();

    let both = old
        .restarted_with(|settings| settings.secrets = vec![SECRET, OLDER_SECRET])
        .await;
    ada.moves_to(&both.router);
    let before = ada.remember_cookie().unwrap().to_owned();
    let names: Vec<String> = ada
        .who_am_i()
        .await
        .cookies()
        .iter()
        .map(|cookie| cookie.name().to_owned())
        .collect();
    assert_eq!(names, [DEVICE, REMEMBER, SESSION]);
    assert_ne!(ada.remember_cookie().unwrap(), before);

    let new = both
        .restarted_with(|settings| settings.secrets = vec![SECRET])
        .await;
    ada.moves_to(&new.router);
    assert!(!ada.is_guest().await);
    ada.close_browser();
    assert!(!ada.is_guest().await);
    sleeper.moves_to(&new.router);
    assert!(sleeper.is_guest().await);
}

/// After the older secret is removed the old cookie is invalid.
#[tokio::test]
async fn a_cookie_signed_with_an_older_secret_is_accepted_and_signed_again() {
    let before = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let mut ada = before.visitor();
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await;
    let old = ada.session_cookie().to_owned();

    let rotated = before
        .restarted_with(|s| s.secrets = vec![SECRET, OLDER_SECRET])
        .await;
    let mut browser = rotated.visitor();
    browser.set_session_cookie(old.clone());
    rotated.pass(Duration::from_hours(1));
    let quiet = browser.exchange_with(&pages(&rotated), QUIET).await;
    quiet.shows(SILENCE);
    assert!(quiet.cookies().is_empty());
    let answer = browser.who_am_i().await;
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    assert_eq!(answer.cookies()[0].max_age(), None);
    assert_ne!(browser.session_cookie(), old);
    assert!(is_known(&mut browser).await);
    assert!(
        browser.who_am_i().await.cookies().is_empty(),
        "it is signed again only once"
    );
    let signed_again = browser.session_cookie().to_owned();

    let removed = before.restarted_with(|s| s.secrets = vec![SECRET]).await;
    assert_worthless(&removed, &old).await;
    let mut kept = removed.visitor();
    kept.set_session_cookie(signed_again.clone());
    assert!(is_known(&mut kept).await);
    removed.pass(Duration::from_hours(23));
    assert_worthless(&removed, &signed_again).await; // Signing it again does not prolong it.
}

#[tokio::test]
async fn the_first_secret_signs() {
    let rotated = site_with(Settings {
        secrets: vec![SECRET, OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let ada = rotated.user("Ada").await;
    let first_alone = rotated.restarted_with(|s| s.secrets = vec![SECRET]).await;
    let mut browser = first_alone.visitor();
    browser.set_session_cookie(ada.session_cookie());
    assert!(is_known(&mut browser).await);
    let second_alone = rotated
        .restarted_with(|s| s.secrets = vec![OLDER_SECRET])
        .await;
    assert_worthless(&second_alone, ada.session_cookie()).await;
}
