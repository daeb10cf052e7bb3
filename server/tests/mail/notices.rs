use super::postbox::site_with_mail;
use crate::support::site::site;
use crate::support::visitor::{SAFARI, email, password};

#[tokio::test]
async fn a_changed_password_is_told_to_its_owner() {
    let site = site_with_mail().await;
    let mut ada = site.visitor();
    ada.user_agent = SAFARI;
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await;
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "another battery-staple-marker"),
    ];
    ada.submit("/api/password", &fields).await;
    let mail = site.one_mail().await;
    assert_eq!(
        (&*mail.to, &*mail.subject),
        (&*email("Ada"), "Your password was changed")
    );
    assert!(mail.text.contains("Safari on an iPhone"), "{}", mail.text);
    assert_eq!(mail.path(), "/forgot");
}

#[tokio::test]
async fn a_refused_change_is_not_told() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    for (current, new) in [("wrong", "another long password"), (&*password("Ada"), "1")] {
        let fields = [("current_password", current), ("password", new)];
        ada.submit("/api/password", &fields).await;
    }
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn a_mail_is_in_the_language_of_the_request() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ada.submit("/preferences", &[("language", "de")]).await;
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "another battery-staple-marker"),
    ];
    ada.submit("/api/password", &fields).await;
    let mail = site.one_mail().await;
    assert_eq!(mail.subject, "Dein Passwort wurde geändert");
    assert!(mail.html.contains(r#"<html lang="de""#));
}

#[tokio::test]
async fn without_mail_a_password_changes_as_before() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "another battery-staple-marker"),
    ];
    ada.submit("/api/password", &fields)
        .await
        .leads_to("/account/password");
    assert!(site.rows("outbox").await.is_empty());
}
