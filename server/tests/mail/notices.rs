use std::time::Duration;

use app::auth::SignUpMode;
use app::auth::letters::Says;
use app::users::User;

use super::postbox::{site_with_mail, site_with_mode};
use crate::support::site::site;
use crate::support::visitor::{SAFARI, email, password};

#[tokio::test]
async fn a_changed_password_is_told_to_its_owner() {
    let site = site_with_mail().await;
    let mut ada = site.visitor();
    ada.user_agent = SAFARI;
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await;
    site.mails().await;
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

#[tokio::test]
async fn a_login_with_a_new_browser_is_told_once() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let mut phone = site.visitor();
    phone.user_agent = SAFARI;
    phone.log_in("Ada").await;
    let mail = site.one_mail().await;
    assert_eq!(mail.subject, "New login to your account");
    assert!(mail.text.contains("Safari on an iPhone"), "{}", mail.text);
    assert_eq!(mail.path(), "/account/sessions");
    phone.log_out().await;
    phone.log_in("Ada").await;
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn a_program_without_cookies_is_told_once_a_day() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let log_in = async || {
        let mut script = site.visitor();
        script.user_agent = "curl/8.5";
        script.log_in("Ada").await;
        site.mails().await.len()
    };
    assert_eq!((log_in().await, log_in().await), (1, 0));
    site.pass(Duration::from_hours(24));
    assert_eq!(log_in().await, 1);
}

#[tokio::test]
async fn a_sign_up_by_mail_is_not_told_as_a_new_login() {
    let site = site_with_mode(SignUpMode::Confirmed).await;
    let mut ada = site.visitor();
    ada.submit("/api/start_signup", &[("email", &email("Ada"))])
        .await;
    let (token, password) = (site.one_mail().await.token(), password("Ada"));
    let fields = [("link", &*token), ("name", "Ada"), ("password", &*password)];
    ada.submit("/api/signup", &fields).await.leads_to("/");
    ada.log_out().await;
    ada.log_in("Ada").await;
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn a_new_access_token_is_told() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let token = ada.create_token("Backup").await;
    let mail = site.one_mail().await;
    assert_eq!(mail.subject, "New access token");
    assert!(!mail.raw.contains(&token) && !mail.raw.contains("Backup"));
}

/// As for links: five of a day, and then one in half an hour. The history has all of them.
#[tokio::test]
async fn changes_that_a_script_repeats_do_not_fill_a_mailbox() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..8 {
        ada.create_token("Backup").await;
    }
    assert_eq!(site.mails().await.len(), 5);
    let history = site.rows("history").await;
    let created = history.iter().filter(|row| row.contains("access_token"));
    assert_eq!(created.count(), 8);
    site.pass(Duration::from_mins(30));
    ada.confirm("Ada").await;
    ada.create_token("Backup").await;
    assert_eq!(site.one_mail().await.subject, "New access token");
}

/// ASVS 6.3.5.
#[tokio::test]
async fn many_wrong_passwords_are_told_once_a_day() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let guess = async || {
        let fields = [("email", &*email("Ada")), ("password", "a wrong password")];
        site.visitor().call("/api/login", &fields).await;
    };
    for _ in 0..4 {
        guess().await;
    }
    assert!(site.mails().await.is_empty());
    guess().await;
    let mail = site.one_mail().await;
    assert_eq!(
        (&*mail.subject, &*mail.to),
        ("Many wrong passwords", &*email("Ada"))
    );
    for _ in 0..3 {
        site.pass(Duration::from_mins(20));
        guess().await;
    }
    assert!(site.mails().await.is_empty());
    site.pass(Duration::from_hours(24));
    guess().await;
    site.one_mail().await;
}

/// ASVS 6.3.8.
#[tokio::test]
async fn a_warning_costs_the_same_for_an_address_without_an_account() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let mut counts = Vec::new();
    for address in [&*email("Ada"), "eve@example.com"] {
        let before = site.rows("outbox").await.len();
        for _ in 0..4 {
            let fields = [("email", address), ("password", "a wrong password")];
            site.visitor().call("/api/login", &fields).await;
        }
        let (queries, answer) = site
            .queries(async {
                let fields = [("email", address), ("password", "a wrong password")];
                site.visitor().call("/api/login", &fields).await
            })
            .await;
        let rows = site.rows("outbox").await.len() - before;
        counts.push((queries, rows, answer.status, answer.body));
    }
    assert_eq!(counts[0], counts[1]);
    assert_eq!(counts[0].1, 1);
    assert_eq!(site.one_mail().await.to, email("Ada"));
}

#[tokio::test]
async fn an_app_sends_letters_of_its_own() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    let user = User {
        id,
        email: email("Ada"),
        ..User::default()
    };
    let says = Says::Own {
        name: "test",
        link: "/account".into(),
    };
    let told = site.within(&mut ada, move |auth| async move {
        let mut write = auth.manager().database().begin_write().await?;
        auth.tell(&mut write, &user, says).await?;
        auth.commit(write).await
    });
    told.await.unwrap();
    let mail = site.one_mail().await;
    assert_eq!(
        (&*mail.subject, &*mail.path()),
        ("Mail from Latchkey arrives", "/account")
    );
}
