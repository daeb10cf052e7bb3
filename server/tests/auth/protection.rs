//! `Protection`: what happens when a session is used in another browser than the one it began in.

use app::auth::{EventKind, Options, Protection};
use axum::body::Body;
use axum::http::Request;

use crate::support::pages::{QUIET, SILENCE, pages};
use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{FIREFOX_UPDATED, SAFARI, Visitor};

async fn protected(protection: Protection) -> Site {
    site_with(Settings {
        options: Options {
            protection,
            ..Options::default()
        },
        ..Settings::default()
    })
    .await
}

fn alarms(site: &Site) -> usize {
    let events = site.events().into_iter();
    events
        .filter(|event| *event == EventKind::SessionProtected)
        .count()
}

#[tokio::test]
async fn the_same_browser_keeps_its_session_after_an_update() {
    for protection in [Protection::Basic, Protection::Strong] {
        let site = protected(protection).await;
        let mut ada = site.user("Ada").await;
        assert!(ada.is_fresh().await);
        ada.user_agent = FIREFOX_UPDATED;
        assert!(ada.is_fresh().await);
        assert_eq!(
            (ada.is_guest().await, alarms(&site)),
            (false, 0),
            "{protection:?}"
        );
    }
}

#[tokio::test]
async fn basic_keeps_the_login_in_another_browser_but_it_is_not_fresh() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.user_agent = SAFARI;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert!(!ada.is_fresh().await);
    assert!(!ada.is_fresh().await);
    assert_eq!(alarms(&site), 1);
    ada.confirm("Ada").await;
    assert!(ada.is_fresh().await);
}

#[tokio::test]
async fn in_another_browser_the_session_is_not_fresh_even_if_the_write_fails() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut other_browser = ada.clone();
    other_browser.user_agent = SAFARI;
    // The index forbids a second session with this user agent, so the update of Ada's session fails.
    site.user("Grace").await;
    for change in [
        "UPDATE sessions SET authenticated_at = 0, user_agent = 'Safari' WHERE user_id <> \
             (SELECT id FROM users WHERE email_key = 'ada@example.com')",
        "CREATE UNIQUE INDEX one_of_each ON sessions (authenticated_at, user_agent)",
    ] {
        let change = change.replace("Safari", SAFARI);
        let change = sqlx::query(sqlx::AssertSqlSafe(change));
        change.execute(&site.database.pool).await.unwrap();
    }
    assert_eq!(other_browser.name().await.as_deref(), Some("Ada"));
    assert!(!other_browser.is_fresh().await);
    assert!(ada.is_fresh().await);
}

#[tokio::test]
async fn strong_ends_the_session_in_another_browser() {
    let site = protected(Protection::Strong).await;
    let mut ada = site.user("Ada").await;
    let mut owner = ada.clone();
    ada.user_agent = SAFARI;
    assert!(ada.is_guest().await);
    assert_eq!(alarms(&site), 1);
    assert!(
        owner.is_guest().await,
        "the session ended in the first browser, too"
    );
}

/// Only the login's own cookies are removed.
#[tokio::test]
async fn strong_keeps_the_apps_own_cookies() {
    let site = protected(Protection::Strong).await;
    let mut ada = site.user("Ada").await;
    ada.cookies.insert("cart".into(), "3 apples".into());
    ada.user_agent = SAFARI;
    let page = ada.who_am_i().await;
    assert!(page.cookies().iter().all(|cookie| cookie.name() != "cart"));
    assert!(ada.cookies.contains_key("cart"));
}

/// The remember cookie begins a new session, which is not fresh.
#[tokio::test]
async fn strong_keeps_a_remembered_user_logged_in_but_not_fresh() {
    let site = protected(Protection::Strong).await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    ada.user_agent = SAFARI;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert!(!ada.is_fresh().await);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert_eq!(alarms(&site), 1);
}

/// A session that the remember cookie began is bound to its browser like any other.
#[tokio::test]
async fn a_session_begun_by_a_remember_cookie_raises_no_alarm() {
    for protection in [Protection::Basic, Protection::Strong] {
        let site = protected(protection).await;
        let mut ada = site.stale_user("Ada").await;
        for _ in 0..3 {
            assert_eq!(ada.name().await.as_deref(), Some("Ada"));
            assert!(ada.remember_cookie().is_some());
        }
        assert_eq!(alarms(&site), 0, "{protection:?}");
    }
}

#[tokio::test]
async fn a_guest_in_another_browser_causes_no_event_and_no_cookie() {
    for protection in [Protection::Off, Protection::Basic, Protection::Strong] {
        let site = protected(protection).await;
        let mut guest = site.visitor();
        guest.cookies.insert("cart".into(), "3 apples".into());
        for user_agent in [SAFARI, FIREFOX_UPDATED] {
            guest.user_agent = user_agent;
            let page = guest.who_am_i().await;
            assert_eq!(page.cookies().len(), 0, "{protection:?}");
        }
        assert_eq!(alarms(&site), 0);
        guest
            .exchange_with(&pages(&site), QUIET)
            .await
            .shows(SILENCE);
        assert_eq!(site.events(), []);
    }
}

#[tokio::test]
async fn off_accepts_a_session_in_any_browser() {
    let site = protected(Protection::Off).await;
    let mut ada = site.user("Ada").await;
    ada.user_agent = SAFARI;
    assert!(ada.is_fresh().await);
    assert_eq!(alarms(&site), 0);
}

/// The client controls these headers, so they are not trusted.
#[tokio::test]
async fn a_claimed_client_address_does_not_affect_protection() {
    let site = protected(Protection::Strong).await;
    let mut ada = site.user("Ada").await;
    for claimed in ["9.9.9.9", "9.9.9.9, 10.0.0.1", "8.8.8.8"] {
        let request = Request::get("/account")
            .header("x-forwarded-for", claimed)
            .body(Body::empty())
            .unwrap();
        ada.exchange(request).await.is_page_of("Ada");
    }
    assert_eq!(alarms(&site), 0);
    assert!(
        site.rows("sessions")
            .await
            .iter()
            .all(|row| !row.contains("9.9.9.9"))
    );
}

#[tokio::test]
async fn concurrent_requests_from_another_browser_emit_one_event() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let tabs = (0..10).map(|_| {
        let mut tab = Visitor::clone(&ada);
        tab.user_agent = SAFARI;
        async move { tab.name().await }
    });
    for tab in tabs {
        assert_eq!(tab.await.as_deref(), Some("Ada"));
    }
    assert_eq!(alarms(&site), 1);
}
