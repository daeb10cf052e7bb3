//! A session in another browser than it began in.

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
async fn the_same_browser_stays_as_it_is_also_after_an_update() {
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
async fn basic_keeps_the_user_in_another_browser_and_asks_for_the_password_where_it_matters() {
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
async fn in_another_browser_it_is_not_fresh_also_when_that_cannot_be_written_down() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut elsewhere = ada.clone();
    elsewhere.user_agent = SAFARI;
    // Nobody else may be seen in Ada's other browser: hers cannot be written.
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
    assert_eq!(elsewhere.name().await.as_deref(), Some("Ada"));
    assert!(!elsewhere.is_fresh().await);
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
    assert!(owner.is_guest().await, "it ended for everybody");
}

/// What is not the log in's is not touched.
#[tokio::test]
async fn strong_leaves_the_app_s_own_cookies_alone() {
    let site = protected(Protection::Strong).await;
    let mut ada = site.user("Ada").await;
    ada.cookies.insert("cart".into(), "3 apples".into());
    ada.user_agent = SAFARI;
    let page = ada.who_am_i().await;
    assert!(page.cookies().iter().all(|cookie| cookie.name() != "cart"));
    assert!(ada.cookies.contains_key("cart"));
}

/// A remembered device begins a new session, not fresh.
#[tokio::test]
async fn strong_keeps_a_remembered_user_without_freshness() {
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

/// What the remember cookie begins is a session like others.
#[tokio::test]
async fn a_session_that_was_brought_back_raises_no_alarm_and_stays() {
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
async fn a_guest_is_nothing_to_protect_and_nothing_is_written_for_one() {
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
async fn off_takes_a_session_from_wherever_it_comes() {
    let site = protected(Protection::Off).await;
    let mut ada = site.user("Ada").await;
    ada.user_agent = SAFARI;
    assert!(ada.is_fresh().await);
    assert_eq!(alarms(&site), 0);
}

/// What a client says of its address is not believed, so it changes nothing.
#[tokio::test]
async fn the_address_that_a_header_claims_changes_nothing() {
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
async fn many_requests_from_another_browser_at_once_are_one_alarm() {
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
