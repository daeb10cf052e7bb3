//! Remember me: a device stays logged in after its browser is closed, but the login is not fresh.

use std::time::Duration;

use app::auth::{EventKind, LoginOptions, Options, Remember};
use axum::http::StatusCode;

use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{FLASH, REMEMBER, SESSION, Visitor};

pub(super) const HOUR: Duration = Duration::from_hours(1);

pub(super) const DAY: Duration = Duration::from_hours(24);

pub(super) async fn remembered(site: &Site, name: &str) -> Visitor {
    let mut visitor = site.visitor();
    visitor.sign_up(name).await;
    visitor.log_in_remembered(name).await.leads_to("/");
    visitor
}

pub(super) async fn with_options(options: Options) -> Site {
    site_with(Settings {
        options,
        ..Settings::default()
    })
    .await
}

/// Logs in with a duration, as an app may let its visitors choose.
pub(super) async fn log_in_for(site: &Site, visitor: &mut Visitor, name: &str, duration: Duration) {
    visitor.sign_up(name).await;
    visitor.log_in(name).await;
    let result = site.within(visitor, move |session| async move {
        let user = session.load().await.unwrap().expect("a user").account;
        let how = LoginOptions {
            remember: Remember::For(duration),
            ..LoginOptions::default()
        };
        session.login_user(&user, how).await
    });
    result.await.expect("logged in");
}

async fn login_remembered(site: &Site, visitor: &mut Visitor) -> bool {
    let ask = |session: app::auth::AuthSession| async move { session.login_remembered().await };
    site.within(visitor, ask).await.unwrap()
}

#[tokio::test]
async fn a_remembered_browser_returns_as_the_same_user_but_not_fresh() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    assert!(ada.is_fresh().await);
    ada.close_browser();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert!(!ada.is_fresh().await);
    assert!(login_remembered(&site, &mut ada).await);
}

#[tokio::test]
async fn without_remember_me_a_closed_browser_returns_as_a_guest() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    assert!(ada.is_fresh().await);
    assert!(!login_remembered(&site, &mut ada).await);
    assert_eq!(site.rows("remembered").await.len(), 0);
    ada.close_browser();
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn each_remembered_device_gets_its_own_session_and_later_pages_set_no_cookie() {
    let site = site().await;
    let mut tokens = Vec::new();
    for name in ["Ada", "Grace"] {
        let mut visitor = remembered(&site, name).await;
        visitor.close_browser();
        assert_eq!(visitor.name().await.as_deref(), Some(name));
        let page = visitor.who_am_i().await;
        assert_eq!(page.cookies().len(), 0);
        tokens.push(visitor.session_cookie().to_owned());
    }
    // The tokens differ, not only the signatures and times.
    assert_ne!(tokens[0][54..], tokens[1][54..]);
    // They are added to the rows of the first sessions.
    assert_eq!(site.rows("sessions").await.len(), 4);
}

#[tokio::test]
async fn a_login_can_set_how_long_it_is_remembered() {
    let site = site().await;
    let mut ada = site.visitor();
    log_in_for(&site, &mut ada, "Ada", 7 * HOUR).await;
    site.pass(6 * HOUR);
    ada.close_browser();
    assert!(!ada.is_guest().await);
    assert!(!ada.is_fresh().await);
    assert!(login_remembered(&site, &mut ada).await);
    site.pass(HOUR);
    ada.close_browser();
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn a_running_session_outlives_the_remember_cookie() {
    let site = site().await;
    let mut ada = site.visitor();
    log_in_for(&site, &mut ada, "Ada", HOUR).await;
    site.pass(2 * HOUR);
    site.clean_up().await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    ada.close_browser();
    assert!(ada.is_guest().await);
    site.pass(DAY);
    site.clean_up().await;
    assert_eq!(site.rows("remembered").await.len(), 0);
}

#[tokio::test]
async fn returning_with_a_remember_cookie_emits_one_event() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    site.events();
    ada.who_am_i().await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserLoadedFromCookie]
    );
    ada.who_am_i().await;
    assert_eq!(site.events(), [EventKind::UserAccessed]);
}

#[tokio::test]
async fn names_in_every_script_survive_a_return() {
    let site = site().await;
    let name = "佐藤 Müller";
    let mut user = site.visitor();
    let fields = [
        ("name", name),
        ("email", "sato@example.com"),
        ("password", "four words in a row"),
        ("remember", "on"),
    ];
    user.submit("/api/signup", &fields[..3]).await;
    user.submit("/api/login", &fields[1..]).await.leads_to("/");
    user.close_browser();
    assert_eq!(user.who_am_i().await.json()["user"]["name"], name);
}

#[tokio::test]
async fn a_logout_invalidates_the_remember_cookie_and_every_copy() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let mut copy = ada.clone();
    copy.close_browser();
    let answer = ada.log_out().await;
    let cookies = answer
        .cookies()
        .into_iter()
        .map(|cookie| cookie.to_string());
    let removed: Vec<String> = cookies
        .filter(|cookie| !cookie.starts_with(FLASH))
        .collect();
    assert_eq!(
        removed,
        [REMEMBER, SESSION]
            .map(|name| format!("{name}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"))
    );
    ada.close_browser();
    assert!(ada.is_guest().await);
    assert!(copy.is_guest().await);
    assert_eq!(site.rows("remembered").await.len(), 0);

    let mut ada = site.visitor();
    log_in_for(&site, &mut ada, "Grace", 7 * HOUR).await;
    let mut copy = ada.clone();
    ada.log_out().await;
    copy.close_browser();
    assert!(copy.is_guest().await);
}

#[tokio::test]
async fn a_logout_holds_even_if_the_browser_keeps_the_cookie() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let kept = ada.remember_cookie().unwrap().to_owned();
    ada.log_out().await;
    ada.cookies.insert(REMEMBER.into(), kept);
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn of_a_login_and_a_logout_in_one_request_the_last_one_wins() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let user = site
        .within(&mut ada, |session| async move {
            let user = session.load().await.unwrap().unwrap().account;
            let how = LoginOptions {
                remember: Remember::Default,
                ..LoginOptions::default()
            };
            session.login_user(&user, how).await.unwrap();
            session.logout_user().await.unwrap();
            user
        })
        .await;
    assert_eq!(ada.remember_cookie(), None);
    assert!(ada.is_guest().await);

    let mut guest = site.visitor();
    let again = user.clone();
    site.within(&mut guest, move |session| async move {
        let how = LoginOptions {
            remember: Remember::Default,
            ..LoginOptions::default()
        };
        session.login_user(&again, how).await.unwrap();
        session.logout_user().await.unwrap();
    })
    .await;
    assert_eq!(guest.cookies.len(), 0);
    assert_eq!(site.rows("sessions").await.len(), 0);
    assert_eq!(site.rows("remembered").await.len(), 0);

    let mut ada = remembered(&site, "Grace").await;
    site.within(&mut ada, move |session| async move {
        session.logout_user().await.unwrap();
        session
            .login_user(&user, LoginOptions::default())
            .await
            .unwrap();
    })
    .await;
    assert_eq!(ada.remember_cookie(), None);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_users_remember_cookie_does_not_survive_another_users_login() {
    let site = site().await;
    site.visitor().sign_up("Grace").await;
    let mut browser = remembered(&site, "Ada").await;
    let kept = browser.remember_cookie().unwrap().to_owned();
    browser.log_in("Grace").await.leads_to("/");
    assert_eq!(browser.remember_cookie(), None);
    browser.close_browser();
    assert!(browser.is_guest().await);
    browser.cookies.insert(REMEMBER.into(), kept);
    assert!(
        browser.is_guest().await,
        "not even with a copy of the cookie"
    );
}

/// The remember cookie of a deleted user costs one query per page and begins no session.
#[tokio::test]
async fn the_remember_cookie_of_a_deleted_user_makes_a_guest() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    sqlx::query("DELETE FROM users")
        .execute(&site.database.pool)
        .await
        .unwrap();
    assert_eq!(site.rows("remembered").await.len(), 0);
    ada.close_browser();
    let (queries, page) = site.queries(ada.who_am_i()).await;
    assert_eq!((queries, page.cookies().len()), (1, 0));
    site.visitor().sign_up("Ada").await;
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn a_changed_password_ends_every_other_login_remembered_or_not() {
    let site = site().await;
    let mut here = remembered(&site, "Ada").await;
    let mut laptop = site.visitor();
    laptop.log_in("Ada").await;
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    let mut copy = here.clone();

    let fields = [
        (
            "current_password",
            &*crate::support::visitor::password("Ada"),
        ),
        ("password", "a brand new long password"),
    ];
    here.submit("/api/password", &fields)
        .await
        .leads_to("/account/password");
    here.visit("/account/password")
        .await
        .shows("Password changed.");
    assert!(laptop.is_guest().await);
    assert!(phone.is_guest().await);
    assert!(copy.is_guest().await);
    phone.close_browser();
    assert!(phone.is_guest().await);
    here.close_browser();
    assert_eq!(
        here.name().await.as_deref(),
        Some("Ada"),
        "still remembered"
    );
}

#[tokio::test]
async fn an_unavailable_database_clears_no_remember_cookie() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    site.database.pool.close().await;
    let page = ada.visit("/account").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.cookies().len(), 0);
}
