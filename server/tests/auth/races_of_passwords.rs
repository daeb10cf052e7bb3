//! Password changes concurrent with other requests: a login that began before the change does not survive it.

use std::time::Duration;

use app::auth::{AuthError, LoginOptions};
use axum::http::StatusCode;

use super::races::{NEW, OTHER, ROUNDS, assert_no_failure, log_in_with};
use crate::support::site::{Settings, cost, site, site_with};
use crate::support::visitor::{Answer, Visitor, email, password};

pub(super) async fn change(visitor: &mut Visitor, current: &str, new: &str) -> Answer {
    let fields = [("current_password", current), ("password", new)];
    visitor.call("/api/password", &fields).await
}

#[tokio::test]
async fn of_two_concurrent_password_changes_one_succeeds() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let old = password(&name);
        let mut one = site.user(&name).await;
        let mut two = site.visitor();
        two.log_in(&name).await;
        let (mut bystander, _) = log_in_with(&site, &name, &old).await;
        let (first, second) =
            tokio::join!(change(&mut one, &old, NEW), change(&mut two, &old, OTHER));
        assert_no_failure(&first);
        assert_no_failure(&second);
        let won = [&first, &second].map(|answer| answer.status == StatusCode::OK);
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        for (password, opens) in [(&*old, false), (NEW, won[0]), (OTHER, won[1])] {
            let (_, status) = log_in_with(&site, &name, password).await;
            assert_eq!(status == StatusCode::OK, opens, "{password}");
        }
        assert!(bystander.is_guest().await);
        assert_eq!(one.is_guest().await, !won[0]);
        assert_eq!(two.is_guest().await, !won[1]);
    }
}

/// The old password was verified before it was changed; the login is stored afterwards.
#[tokio::test]
async fn a_login_with_the_old_password_does_not_complete_after_a_change() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut thief = site.visitor();
    let old = password("Ada");
    let result = site
        .within(&mut thief, |session| async move {
            let (email, password) = (email("Ada"), old.into());
            let account = session.authenticate(&email, &password).await?;
            let answer = change(&mut ada, "battery-staple-marker of Ada", NEW).await;
            assert_eq!(answer.status, StatusCode::OK);
            session.login_user(&account, LoginOptions::default()).await
        })
        .await;
    assert_eq!(result, Err(AuthError::InvalidCredentials));
    assert!(thief.is_guest().await);
    assert_eq!(
        site.rows("sessions").await.len(),
        1,
        "only the session of the request that changed it"
    );
}

/// A login, a confirmation and a remember cookie, each concurrent with the change.
#[tokio::test]
async fn concurrent_logins_do_not_survive_a_password_change() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let old = password(&name);
        let mut ada = site.user(&name).await;
        let mut confirming = site.visitor();
        confirming.log_in(&name).await;
        let mut coming_back = site.visitor();
        coming_back.log_in_remembered(&name).await;
        coming_back.close_browser();
        let mut logging_in = site.visitor();
        let (changed, login, confirmed, page) = tokio::join!(
            change(&mut ada, &old, NEW),
            logging_in.log_in(&name),
            confirming.confirm(&name),
            coming_back.visit("/account"),
        );
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        for answer in [&login, &confirmed, &page] {
            assert_no_failure(answer);
        }
        for mut visitor in [logging_in, confirming, coming_back] {
            assert!(visitor.is_guest().await);
        }
        assert!(!ada.is_guest().await);
        assert_eq!(site.rows("sessions").await.len(), round + 1);
    }
}

/// The logout comes while the new password is being hashed.
#[tokio::test]
async fn a_logout_during_a_password_change_takes_effect() {
    let site = site_with(Settings {
        cost: cost(65_536, 6),
        ..Settings::default()
    })
    .await;
    let mut ada = site.user("Ada").await;
    let mut tab = ada.clone();
    let old = password("Ada");
    let log_out = async {
        // The old password has been verified, and the session has a new id since.
        while site.rows("sessions").await[0]
            .split(' ')
            .any(|cell| cell == "replaces=")
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tab.log_out().await
    };
    let (changed, _) = tokio::join!(change(&mut ada, &old, NEW), log_out);
    assert_eq!(changed.body, r#""login_required""#);
    assert!(ada.is_guest().await && tab.is_guest().await);
    assert_eq!(log_in_with(&site, "Ada", &old).await.1, StatusCode::OK);
}

/// In either order, a browser that was told that it is logged out is logged out.
#[tokio::test]
async fn a_logout_concurrent_with_a_password_change_takes_effect() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let mut ada = site.user(&name).await;
        let mut tab = ada.clone();
        let old = password(&name);
        let log_out = async {
            tokio::time::sleep(Duration::from_micros(200) * u32::try_from(round).unwrap()).await;
            tab.log_out().await
        };
        let (changed, left) = tokio::join!(change(&mut ada, &old, NEW), log_out);
        assert_no_failure(&changed);
        left.leads_to("/");
        assert!(ada.is_guest().await && tab.is_guest().await, "{round}");
        assert_eq!(site.rows("sessions").await.len(), 0, "{round}");
    }
}

/// The logout was sent before the response with the new session cookie arrived.
#[tokio::test]
async fn a_logout_with_the_cookie_from_before_a_password_change_takes_effect() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut tab = ada.clone();
    let changed = change(&mut ada, &password("Ada"), NEW).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(tab.is_guest().await, "its cookie is invalid");
    assert!(!ada.is_guest().await);
    tab.log_out().await.leads_to("/");
    assert!(ada.is_guest().await);
    assert_eq!(site.rows("sessions").await.len(), 0);
}
