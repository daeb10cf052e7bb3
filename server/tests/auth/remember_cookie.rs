//! The remember cookie: its attributes, its lifetime, and which values are invalid.

use std::time::Duration;

use app::auth::{CookieOptions, Options};
use axum::http::StatusCode;

use super::remember::{DAY, HOUR, log_in_for, remembered, with_options};
use crate::support::site::{Settings, site, site_with};
use crate::support::visitor::{DEVICE, REMEMBER, SESSION, Visitor};

#[tokio::test]
async fn the_app_chooses_the_name_lifetime_domain_and_path_of_the_cookie() {
    let options = Options {
        cookies: CookieOptions {
            remember: "stay",
            domain: Some("example.com"),
            path: "/app",
            ..CookieOptions::default()
        },
        remember: 2 * DAY,
        ..Options::default()
    };
    let site = with_options(options).await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let answer = ada.log_in_remembered("Ada").await;
    let cookie = answer
        .cookies()
        .into_iter()
        .find(|cookie| cookie.name() == "stay")
        .expect("a cookie with that name");
    assert_eq!(cookie.max_age().unwrap().whole_seconds(), 2 * 24 * 3600);
    assert_eq!(
        (cookie.domain(), cookie.path()),
        (Some("example.com"), Some("/app"))
    );
    assert!(cookie.http_only().unwrap());
    ada.close_browser();
    assert!(!ada.is_guest().await);
}

/// `Expires` depends on the browser's clock, so a wrong clock would end the cookie early or late. `Max-Age` does not.
#[tokio::test]
async fn no_cookie_has_an_expires_attribute() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    for answer in [ada.log_in_remembered("Ada").await, ada.log_out().await] {
        let cookies = answer.cookies();
        assert!(cookies.len() >= 2, "{cookies:?}");
        let dated = cookies.iter().find(|cookie| cookie.expires().is_some());
        assert_eq!(dated, None);
    }
}

#[tokio::test]
async fn a_cookie_with_a_domain_has_the_secure_prefix_instead_of_host() {
    let site = site_with(Settings {
        https: true,
        options: Options {
            cookies: CookieOptions {
                domain: Some("example.com"),
                ..CookieOptions::default()
            },
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let names: Vec<String> = ada
        .log_in_remembered("Ada")
        .await
        .cookies()
        .iter()
        .map(|cookie| cookie.name().to_owned())
        .collect();
    assert_eq!(
        names,
        [DEVICE, REMEMBER, SESSION].map(|name| format!("__Secure-{name}"))
    );
}

/// A duration of the wrong type does not compile. One above the browsers' maximum is limited to it, and zero means that
/// the login is not remembered.
#[tokio::test]
async fn a_duration_above_the_browser_limit_is_limited_and_zero_does_not_remember() {
    let site = with_options(Options {
        remember: 5000 * DAY,
        ..Options::default()
    })
    .await;
    let mut ada = remembered(&site, "Ada").await;
    site.pass(399 * DAY);
    ada.close_browser();
    assert!(!ada.is_guest().await);
    site.pass(2 * DAY);
    ada.close_browser();
    assert!(ada.is_guest().await);

    let mut grace = site.visitor();
    log_in_for(&site, &mut grace, "Grace", Duration::ZERO).await;
    assert_eq!(grace.remember_cookie(), None);
}

#[tokio::test]
async fn using_the_remember_cookie_does_not_prolong_it() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    for _ in 0..28 {
        site.pass(DAY);
        ada.close_browser();
        assert!(!ada.is_guest().await);
    }
    site.pass(DAY);
    ada.close_browser();
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn with_sliding_expiry_every_visit_prolongs_the_remember_cookie() {
    let site = with_options(Options {
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut ada = remembered(&site, "Ada").await;
    site.pass(Duration::from_secs(1));
    let page = ada.who_am_i().await;
    let cookie = &page.cookies()[0];
    assert_eq!(
        (cookie.name(), cookie.max_age().unwrap().whole_days()),
        (REMEMBER, 29)
    );
    for _ in 0..40 {
        site.pass(20 * DAY);
        ada.close_browser();
        assert!(!ada.is_guest().await);
    }
}

#[tokio::test]
async fn with_sliding_expiry_a_running_session_prolongs_the_remember_cookie_every_five_minutes() {
    let site = with_options(Options {
        remember: 2 * HOUR,
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut ada = remembered(&site, "Ada").await;
    for _ in 0..10 {
        site.pass(HOUR);
        assert!(!ada.is_guest().await);
        let (queries, name) = site.queries(ada.name()).await;
        assert_eq!((queries, name.as_deref()), (1, Some("Ada")));
    }
    ada.close_browser();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_logins_own_duration_is_kept_and_not_passed_to_another_login() {
    let site = with_options(Options {
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut browser = site.visitor();
    log_in_for(&site, &mut browser, "Ada", 7 * HOUR).await;
    browser.close_browser();
    let page = browser.who_am_i().await;
    let cookies = page.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.name() == REMEMBER);
    assert_eq!(cookie.unwrap().max_age().unwrap().whole_hours(), 7);

    let mut grace = site.visitor();
    grace.sign_up("Grace").await;
    let answer = browser.log_in_remembered("Grace").await;
    let cookies = answer.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.name() == REMEMBER);
    assert_eq!(cookie.unwrap().max_age().unwrap().whole_days(), 29);
}

/// With sliding expiry, too, a valid session does not replace an invalid remember cookie.
#[tokio::test]
async fn an_invalid_remember_cookie_beside_a_session_is_not_replaced() {
    let site = with_options(Options {
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut ada = site.user("Ada").await;
    ada.cookies.insert(REMEMBER.into(), "garbage".into());
    let page = ada.who_am_i().await;
    assert_eq!(page.cookies().len(), 0);
}

#[tokio::test]
async fn an_unsigned_remember_cookie_is_a_guest_and_not_an_error() {
    let site = site().await;
    for value in [
        "foo",
        "|",
        "1|",
        "",
        "1",
        "1|é",
        "1|0e9e6e98",
        "%00",
        "a.b.c",
    ] {
        let mut visitor = site.visitor();
        visitor.cookies.insert(REMEMBER.into(), value.into());
        let (queries, name) = site.queries(visitor.name()).await;
        assert_eq!((queries, name), (0, None), "{value:?}");
    }
}

#[tokio::test]
async fn a_cookie_has_one_valid_encoding() {
    let site = site().await;
    let ada = remembered(&site, "Ada").await;
    let value = ada.cookies[REMEMBER].clone();
    // Then some bits of the last base64 character are unused.
    assert_ne!(value.len() % 4, 0);
    let (front, last) = value.split_at(value.len() - 1);
    let letters = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain(['-', '_']);
    let others = letters.filter(|&letter| !last.contains(letter));
    let mut spellings: Vec<_> = others.map(|letter| format!("{front}{letter}")).collect();
    spellings.push(format!("{value}="));
    for value in spellings {
        let mut visitor = site.visitor();
        visitor.cookies.insert(REMEMBER.into(), value.clone());
        let (queries, name) = site.queries(visitor.name()).await;
        assert_eq!((queries, name), (0, None), "{value:?}");
    }
}

#[tokio::test]
async fn the_session_and_remember_cookies_cannot_be_swapped() {
    let site = site().await;
    let ada = remembered(&site, "Ada").await;
    let mut swapped = site.visitor();
    let session = ada.session_cookie().to_owned();
    swapped.set_session_cookie(ada.remember_cookie().unwrap());
    swapped.cookies.insert(REMEMBER.into(), session);
    let (queries, name) = site.queries(swapped.name()).await;
    assert_eq!((queries, name), (0, None));
}

/// If one of the two cookies is lost, the other still works. Cookies of two different users make a guest, until one of
/// the users logs in.
#[tokio::test]
async fn either_cookie_suffices_but_cookies_of_two_users_are_rejected() {
    let site = site().await;
    let ada = remembered(&site, "Ada").await;
    let grace = remembered(&site, "Grace").await;
    let with = |session: Option<&Visitor>, remember: Option<&Visitor>| {
        let mut visitor = site.visitor();
        if let Some(of) = session {
            visitor.set_session_cookie(of.session_cookie());
        }
        if let Some(of) = remember {
            let value = of.remember_cookie().unwrap().to_owned();
            visitor.cookies.insert(REMEMBER.into(), value);
        }
        visitor
    };
    let mut session_alone = with(Some(&ada), None);
    assert_eq!(session_alone.name().await.as_deref(), Some("Ada"));
    assert!(session_alone.is_fresh().await);

    for (session, remember) in [(&ada, &grace), (&grace, &ada)] {
        let mut both = with(Some(session), Some(remember));
        for _ in 0..2 {
            let page = both.visit("/account").await;
            page.leads_to("/login?next=%2Faccount");
            assert!(both.is_guest().await);
            assert_eq!(
                both.ask("/api/account").await.status,
                StatusCode::UNAUTHORIZED
            );
        }
        both.log_in("Linus").await;
        assert!(both.is_guest().await);
    }
    // Both users' logins are still valid.
    assert_eq!(ada.clone().name().await.as_deref(), Some("Ada"));
    assert_eq!(grace.clone().name().await.as_deref(), Some("Grace"));
    let mut both = with(Some(&ada), Some(&grace));
    both.log_in("Ada").await.leads_to("/");
    assert_eq!(both.name().await.as_deref(), Some("Ada"));
    assert!(!both.cookies.contains_key(REMEMBER));

    // Two logins of the same user that crossed: no reason for a logout.
    let (phone, mut laptop) = (remembered(&site, "Linus").await, site.visitor());
    laptop.log_in("Linus").await;
    let mut both = with(Some(&laptop), Some(&phone));
    assert_eq!(both.name().await.as_deref(), Some("Linus"));
    // A remember cookie of an ended login is ignored.
    let over = remembered(&site, "Margaret").await;
    over.clone().log_out().await;
    let mut both = with(Some(&laptop), Some(&over));
    assert_eq!(both.name().await.as_deref(), Some("Linus"));

    let ada = remembered(&site, "Ada").await;
    let mut remember_alone = with(None, Some(&ada));
    assert_eq!(remember_alone.name().await.as_deref(), Some("Ada"));
    assert!(!remember_alone.is_fresh().await);
}
