//! Deactivated users: they cannot log in and their logins end at once, unless an app forces a single session.

use app::auth::{Account, AuthError, CurrentUser, EventKind, LoginOptions};
use axum::http::StatusCode;
use sqlx::query;

use super::login_manager::user_row;
use crate::support::site::{Site, site};
use crate::support::visitor::{SESSION, email, password};

/// A query as an app could run it: it does not end any session.
async fn set_active(site: &Site, is_active: bool) {
    query("UPDATE users SET is_active = $1")
        .bind(i64::from(is_active))
        .execute(&site.database.pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_inactive_user_cannot_log_in_and_learns_why_after_the_right_password() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    set_active(&site, false).await;
    site.events();
    let (email, password) = (email("Ada"), password("Ada"));
    let answer = ada
        .call("/api/login", &[("email", &email), ("password", &password)])
        .await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::FORBIDDEN, r#""inactive""#)
    );
    assert_eq!(site.events(), [EventKind::InactiveUserRefused]);
    let wrong = ada
        .call("/api/login", &[("email", &email), ("password", "wrong")])
        .await;
    assert_eq!(wrong.body, r#""invalid_credentials""#);
    ada.log_in("Ada").await.leads_to("/login");
    ada.visit("/login")
        .await
        .shows("This account has been deactivated.");
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn a_deactivated_user_is_a_guest_at_once_with_every_credential() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    phone.close_browser();
    set_active(&site, false).await;
    assert!(ada.is_guest().await);
    assert!(phone.is_guest().await);
    assert_eq!(
        script.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(!ada.cookies.contains_key(SESSION));
    assert_eq!(phone.remember_cookie(), None);
    set_active(&site, true).await;
    assert_eq!(script.ask("/api/account").await.status, StatusCode::OK);
}

/// A login that was already in progress fails, too.
#[tokio::test]
async fn reactivating_a_user_does_not_restore_sessions_or_tokens() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    phone.close_browser();
    let (manager, right) = (site.login_manager.clone(), password("Ada"));
    let mut late = site.visitor();
    let begun = site
        .within(&mut late, |session| async move {
            let email = email("Ada");
            let account = session.authenticate(&email, &right.into()).await?;
            manager.set_active(&account.user.id, false).await?;
            manager.set_active(&account.user.id, true).await?;
            session.login_user(&account, LoginOptions::default()).await
        })
        .await;
    assert_eq!(begun, Err(AuthError::InvalidCredentials));
    assert!(ada.is_guest().await && phone.is_guest().await && late.is_guest().await);
    let asked = script.ask("/api/account").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    for table in ["sessions", "remembered", "access_tokens"] {
        assert_eq!(site.rows(table).await, [""; 0], "{table}");
    }
    ada.log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn an_app_can_force_one_session_for_an_inactive_user() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut account: Account = user_row(&site, &mut ada).await;
    set_active(&site, false).await;
    account.user.is_active = false;
    let mut browser = site.visitor();
    let result = site
        .within(&mut browser, move |session| async move {
            let how = LoginOptions {
                force: true,
                ..LoginOptions::default()
            };
            session.login_user(&account, how).await?;
            session.load_user().await
        })
        .await;
    assert!(matches!(result, Ok(CurrentUser::User(_))));
    browser.visit("/account").await.is_page_of("Ada");
    assert!(ada.is_guest().await, "the other session is still rejected");
}
