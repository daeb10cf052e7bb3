//! Backups: after a restore and `server log-out everyone` the users exist, and all are logged out.

use axum::http::StatusCode;

use crate::support::site::site;

#[tokio::test]
async fn log_out_everyone_ends_the_logins_that_a_restored_backup_revives() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut remembered = site.stale_user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let backup = site.backup().await;

    let mut copies = [ada.clone(), remembered.clone()];
    ada.log_out().await;
    remembered.log_out().await;

    let site = site.restored_from(&backup).await;
    for copy in &mut copies {
        copy.moves_to(&site.router);
    }
    script.moves_to(&site.router);
    // Without `log-out everyone` the old session is valid again; that is why the manual asks for the command.
    assert_eq!(copies[0].clone().name().await.as_deref(), Some("Ada"));

    site.login_manager.log_out_everyone().await.unwrap();
    for copy in &mut copies {
        assert!(copy.is_guest().await);
    }
    assert_eq!(
        script.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    site.visitor().log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn a_backup_contains_no_usable_credential() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    ada.visit("/account").await;
    let backup = std::fs::read(site.backup().await).unwrap();
    let text = String::from_utf8_lossy(&backup);
    assert!(text.contains("ada@example.com"));
    for secret in ada
        .cookies
        .values()
        .chain([&crate::support::visitor::password("Ada")])
    {
        assert!(!text.contains(secret.as_str()));
    }
}
