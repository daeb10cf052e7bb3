//! Security events: each is emitted once, to the log and to every listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::auth::{EventKind, Options};

use crate::support::pages::{QUIET, SILENCE, pages};
use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{email, password};

pub(super) fn count(site: &Site, kind: EventKind) -> usize {
    site.events()
        .into_iter()
        .filter(|event| *event == kind)
        .count()
}

#[tokio::test]
async fn failures_are_events() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    site.visitor().log_in("Nobody").await;
    assert_eq!(site.events(), [EventKind::LoginFailed]);
    ada.submit(
        "/api/login",
        &[("email", &email("Ada")), ("password", "wrong")],
    )
    .await;
    assert_eq!(site.events(), [EventKind::LoginFailed]);
    ada.set_session_cookie("garbage");
    ada.who_am_i().await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::CookieTampered]
    );
    ada.exchange_with(&pages(&site), QUIET).await.shows(SILENCE);
    assert_eq!(site.events(), []);
}

#[tokio::test]
async fn each_change_of_an_account_is_one_event() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    assert_eq!(count(&site, EventKind::SignedUp), 1);
    ada.log_in("Ada").await;
    ada.create_token("CI").await;
    assert_eq!(count(&site, EventKind::AccessTokenCreated), 1);
    let listed = ada.ask("/api/access_tokens").await.json();
    let id = listed["tokens"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        ada.call("/api/revoke_token", &[("id", &id)]).await;
    }
    assert_eq!(count(&site, EventKind::AccessTokenRevoked), 1);
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "a new one of many words"),
    ];
    ada.call("/api/password", &fields).await;
    assert_eq!(count(&site, EventKind::PasswordChanged), 1);
    ada.call("/api/delete_account", &[]).await;
    assert_eq!(count(&site, EventKind::AccountDeleted), 1);
}

#[tokio::test]
async fn every_listener_gets_every_event() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let site = site_with(Settings {
        options: Options {
            listeners: vec![Arc::new(|event| {
                assert!(!format!("{event:?}").contains("marker"));
                CALLS.fetch_add(1, Ordering::SeqCst);
            })],
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await.leads_to("/login");
    ada.log_in("Ada").await.leads_to("/");
    assert_eq!(CALLS.load(Ordering::SeqCst), site.events().len());
}
