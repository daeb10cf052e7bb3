//! Rotation of the remember cookie: a replay of an old one ends its token family; an honest browser causes no alarm.

use std::time::Duration;

use app::auth::EventKind;
use proptest::prelude::*;

use super::remember::{DAY, HOUR, remembered};
use crate::support::site::{Site, site};
use crate::support::visitor::{Visitor, together};

#[tokio::test]
async fn each_use_replaces_the_remember_cookie() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let mut seen = vec![ada.remember_cookie().unwrap().to_owned()];
    for _ in 0..5 {
        ada.close_browser();
        ada.who_am_i().await;
        let cookie = ada.remember_cookie().unwrap().to_owned();
        assert!(!seen.contains(&cookie));
        seen.push(cookie);
        ada.who_am_i().await;
    }
}

/// The replay and then every cookie of that device make a guest.
async fn assert_replay_is_noticed(site: &Site, thief: &mut Visitor, owner: &mut Visitor) {
    site.events();
    assert!(thief.is_guest().await);
    assert!(site.events().contains(&EventKind::RememberStolen));
    assert!(
        site.log
            .lines()
            .iter()
            .any(|line| line.contains("remember_stolen"))
    );
    assert!(owner.is_guest().await, "the running session ended, too");
    owner.close_browser();
    assert!(owner.is_guest().await);
    assert_eq!(site.rows("sessions").await.len(), 0);
}

#[tokio::test]
async fn a_replay_ends_the_token_family_when_the_thief_is_late() {
    let site = site().await;
    let mut owner = remembered(&site, "Ada").await;
    let mut thief = owner.clone();
    thief.close_browser();
    owner.close_browser();
    owner.who_am_i().await;
    owner.who_am_i().await;
    site.pass(2 * HOUR);
    assert_replay_is_noticed(&site, &mut thief, &mut owner).await;
}

#[tokio::test]
async fn a_replay_ends_the_token_family_when_the_owner_is_late() {
    let site = site().await;
    let mut owner = remembered(&site, "Ada").await;
    owner.close_browser();
    let mut thief = owner.clone();
    thief.who_am_i().await;
    assert!(!thief.is_guest().await);
    site.pass(2 * HOUR);
    assert_replay_is_noticed(&site, &mut owner, &mut thief).await;
}

#[tokio::test]
async fn a_lost_response_does_not_log_the_visitor_out() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    for _ in 0..3 {
        // The response is lost: the browser still has the cookies that it sent.
        ada.clone().who_am_i().await;
        site.pass(DAY);
    }
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert_eq!(site.rows("remembered").await.len(), 1);
}

#[tokio::test]
async fn a_late_response_does_not_undo_a_confirmation() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    let mut late = ada.clone();
    ada.who_am_i().await;
    ada.confirm("Ada").await;
    // This request was sent before all of that, and its response arrives last: it must not replace a newer cookie.
    let answer = late.who_am_i().await;
    assert_eq!(answer.cookies().len(), 0);
    assert!(ada.is_fresh().await);
}

#[tokio::test]
async fn fifty_concurrent_requests_share_one_restored_session() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let mut tab = ada.clone();
            async move {
                assert_eq!(tab.name().await.as_deref(), Some("Ada"));
                tab
            }
        })
        .collect();
    let tabs = together(tasks).await;
    // Two sessions: the old one, whose cookie ended with the browser, and the one that all requests share.
    assert_eq!(site.rows("sessions").await.len(), 2);
    site.pass(2 * HOUR);
    for mut tab in tabs {
        assert!(!tab.is_guest().await);
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Opens a page in one of two tabs of the same browser, and the response arrives.
    Visit,
    /// Several requests are sent with the same cookies; their responses arrive in some order.
    Burst(u8),
    /// The response is lost.
    Lost,
    CloseBrowser,
    Confirm,
    Minutes(u16),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Visit),
        3 => (2..6_u8).prop_map(Act::Burst),
        1 => Just(Act::Lost),
        3 => Just(Act::CloseBrowser),
        1 => Just(Act::Confirm),
        3 => (0..900_u16).prop_map(Act::Minutes),
    ];
    proptest::collection::vec(act, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// The property: an honest browser stays logged in for as long as it is remembered.
    #[test]
    fn an_honest_browser_always_stays_logged_in(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = site().await;
            let mut ada = remembered(&site, "Ada").await;
            let mut passed = Duration::ZERO;
            for act in acts {
                match act {
                    Act::Visit => {}
                    Act::Burst(size) => {
                        let tabs: Vec<_> = (0..size).map(|_| {
                            let mut tab = ada.clone();
                            async move {
                                assert_eq!(tab.name().await.as_deref(), Some("Ada"));
                                tab
                            }
                        }).collect();
                        // Both tabs share one cookie store: the last response that sets a cookie wins.
                        for tab in together(tabs).await {
                            ada.takes_cookies_of(&tab);
                        }
                    }
                    Act::Lost => {
                        ada.clone().who_am_i().await;
                    }
                    Act::CloseBrowser => ada.close_browser(),
                    Act::Confirm => {
                        ada.confirm("Ada").await;
                        assert!(ada.is_fresh().await);
                    }
                    Act::Minutes(minutes) => {
                        let time = Duration::from_mins(minutes.into());
                        if passed + time < 28 * DAY {
                            passed += time;
                            site.pass(time);
                        }
                    }
                }
                assert_eq!(ada.name().await.as_deref(), Some("Ada"), "after {act:?}");
            }
            assert_eq!(site.rows("remembered").await.len(), 1);
        });
    }
}
