//! Accounts that their users delete: closed first, and kept by a link, or deleted after a while.

use std::time::Duration;

use app::auth::{AuthError, EventKind, LoginOptions};
use app::mail::outbox::list;
use axum::http::StatusCode;

use super::postbox::{Postbox, Received, forgot, site_with_mail};
use crate::support::site::{Settings, site, site_with};
use crate::support::visitor::{Answer, Visitor, email, password, together};

const FORTNIGHT: Duration = Duration::from_hours(14 * 24);
const CLOSED: &str = "This account is closed, and will be deleted. Check your mail: a link in it lets you keep the account.";

/// Deletes Ada's account; the mail with the link that keeps it.
async fn close(site: &Postbox, ada: &mut Visitor) -> Received {
    site.mails().await;
    ada.submit("/api/delete_account", &[]).await.leads_to("/");
    site.one_mail().await
}

async fn keep(visitor: &mut Visitor, token: &str) -> StatusCode {
    let fields = [("link", token)];
    visitor.call("/api/keep_account", &fields).await.status
}

async fn log_in(site: &Postbox, password: &str) -> Answer {
    let fields = [("email", &*email("Ada")), ("password", password)];
    site.visitor().call("/api/login", &fields).await
}

#[tokio::test]
async fn an_account_that_its_user_deletes_is_closed_and_a_mail_says_until_when() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ada.visit("/account/delete")
        .await
        .shows("You have 14 days to change your mind");
    let mail = close(&site, &mut ada).await;
    ada.visit("/").await.tells(
        "notice",
        "Your account is closed. We have sent you a mail that says when it will be deleted, with a link to keep it.",
    );
    assert_eq!(
        (&*mail.to, &*mail.subject),
        (&*email("Ada"), "Your account will be deleted")
    );
    assert!(
        mail.text.contains("will be deleted on 2023-11-28"),
        "{}",
        mail.text
    );
    assert!(ada.is_guest().await);
    assert_eq!(site.rows("users").await.len(), 1);
    assert!(site.events().contains(&EventKind::AccountClosed));
}

#[tokio::test]
async fn the_link_keeps_the_account_and_does_not_log_in() {
    let site = site_with_mail().await;
    let mail = close(&site, &mut site.user("Ada").await).await;
    let mut other_device = site.visitor();
    other_device
        .visit(&mail.path())
        .await
        .shows("For ada@example.com.");
    let fields = [("link", &*mail.token())];
    other_device
        .submit("/api/keep_account", &fields)
        .await
        .leads_to("/login");
    other_device
        .visit("/login")
        .await
        .tells("notice", "Your account has been kept. Log in to continue.");
    assert!(other_device.is_guest().await);
    assert_eq!(site.one_mail().await.subject, "Your account has been kept");
    assert_eq!(log_in(&site, &password("Ada")).await.status, StatusCode::OK);
    site.pass(FORTNIGHT);
    site.clean_up().await;
    assert_eq!(site.rows("users").await.len(), 1);
    assert!(site.events().contains(&EventKind::AccountKept));
}

#[tokio::test]
async fn looking_at_the_link_keeps_nothing_and_it_works_once() {
    let site = site_with_mail().await;
    let mail = close(&site, &mut site.user("Ada").await).await;
    let before = (site.rows("links").await, site.rows("users").await);
    for _ in 0..10 {
        let page = site.visitor().visit(&mail.path()).await;
        assert_eq!(page.status, StatusCode::OK);
    }
    assert_eq!(before, (site.rows("links").await, site.rows("users").await));
    let token = &mail.token();
    let site = &site;
    let uses = (0..20).map(|_| async move { keep(&mut site.visitor(), token).await });
    let answers = together(uses.collect()).await;
    let right = answers.iter().filter(|&&status| status == StatusCode::OK);
    assert_eq!(right.count(), 1, "{answers:?}");
}

/// Another request has used the link since this one found it, and the account was closed again.
#[tokio::test]
async fn a_link_that_was_used_meanwhile_keeps_no_account() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    close(&site, &mut ada).await;
    let (store, now) = (site.login_manager.store(), site.login_manager.now());
    let kept = store.keep_account(&id, ("used", "keep_account"), now).await;
    assert!(matches!(kept, Err(AuthError::LinkUnusable)));
    let answer = log_in(&site, &password("Ada")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_login_to_a_closed_account_is_refused_and_its_user_gets_the_link_again() {
    let site = site_with_mail().await;
    let first = close(&site, &mut site.user("Ada").await).await;
    let answer = log_in(&site, "wrong battery-staple-marker").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(site.mails().await.is_empty());

    let mut ada = site.visitor();
    ada.log_in("Ada").await.leads_to("/login");
    ada.visit("/login").await.tells("error", CLOSED);
    assert!(ada.is_guest().await);
    let again = site.one_mail().await;
    assert_eq!(again.subject, first.subject);
    assert_ne!(again.token(), first.token());
    log_in(&site, &password("Ada")).await;
    assert!(site.mails().await.is_empty(), "one in three minutes");

    assert_eq!(keep(&mut ada, &again.token()).await, StatusCode::OK);
    assert_eq!(
        keep(&mut ada, &first.token()).await,
        StatusCode::GONE,
        "both links end"
    );
}

/// A new password would let no one in.
#[tokio::test]
async fn a_user_who_forgot_the_password_of_a_closed_account_gets_the_link_again() {
    let site = site_with_mail().await;
    let first = close(&site, &mut site.user("Ada").await).await;
    for _ in 0..5 {
        forgot(&mut site.visitor(), &email("Ada")).await;
    }
    let again = site.one_mail().await;
    assert_eq!((&again.to, &again.subject), (&first.to, &first.subject));
    assert!(!again.text.contains("This happened"), "{}", again.text);
    site.clean_up().await;
    assert_eq!(site.rows("links").await.len(), 2, "those in mails");
    site.pass(Duration::from_hours(13 * 24));
    let kept = keep(&mut site.visitor(), &again.token()).await;
    assert_eq!(kept, StatusCode::OK);
}

#[tokio::test]
async fn when_its_time_has_come_a_closed_account_gets_no_link() {
    let site = site_with_mail().await;
    close(&site, &mut site.user("Ada").await).await;
    site.pass(FORTNIGHT);
    forgot(&mut site.visitor(), &email("Ada")).await;
    assert!(site.mails().await.is_empty());
    let outbox = list(&site.database, 100).await.unwrap();
    assert!(outbox.iter().all(|mail| mail.state == "sent"), "{outbox:?}");
}

#[tokio::test]
async fn the_address_of_a_closed_account_is_taken() {
    let site = site_with_mail().await;
    close(&site, &mut site.user("Ada").await).await;
    site.visitor().sign_up("Ada").await.leads_to("/login");
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn after_a_fortnight_the_account_is_deleted_with_a_last_mail() {
    let site = site_with_mail().await;
    site.user("Grace").await;
    let mail = close(&site, &mut site.user("Ada").await).await;
    site.pass(Duration::from_hours(14 * 24 - 1));
    site.clean_up().await;
    assert_eq!(site.rows("users").await.len(), 2);
    site.pass(Duration::from_hours(1));
    assert_eq!(
        keep(&mut site.visitor(), &mail.token()).await,
        StatusCode::GONE,
        "before it is deleted, too"
    );
    site.clean_up().await;
    assert_eq!(site.rows("users").await.len(), 1);
    assert!(site.rows("links").await.is_empty());
    let last = site.one_mail().await;
    assert_eq!(
        (&*last.to, &*last.subject),
        (&*email("Ada"), "Your account was deleted")
    );
    assert!(site.events().contains(&EventKind::AccountDeleted));
    site.clean_up().await;
    assert!(site.mails().await.is_empty());
    site.user("Ada").await;
}

#[tokio::test]
async fn the_last_mail_has_the_language_in_which_the_account_was_closed() {
    for is_chosen in [false, true] {
        let site = site_with_mail().await;
        let mut ada = site.user("Ada").await;
        if is_chosen {
            ada.submit("/preferences", &[("language", "de")]).await;
        } else {
            ada.language = Some("de");
        }
        let closed = close(&site, &mut ada).await;
        assert_eq!(closed.subject, "Dein Konto wird gelöscht");
        site.pass(FORTNIGHT);
        site.clean_up().await;
        assert_eq!(site.one_mail().await.subject, "Dein Konto wurde gelöscht");
    }
}

#[tokio::test]
async fn a_language_of_an_earlier_closing_is_forgotten() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ada.language = Some("de");
    let closed = close(&site, &mut ada).await;
    let kept = keep(&mut site.visitor(), &closed.token()).await;
    assert_eq!(kept, StatusCode::OK);
    let site = site
        .after_restart_with(|settings| settings.options.deletion_days = 0)
        .await;
    let mut ada = site.visitor();
    ada.log_in("Ada").await;
    let last = close(&site, &mut ada).await;
    assert_eq!(last.subject, "Your account was deleted");
}

#[tokio::test]
async fn of_several_servers_one_deletes_the_account_and_sends_the_mail() {
    let site = site_with_mail().await;
    close(&site, &mut site.user("Ada").await).await;
    site.pass(FORTNIGHT);
    let site = &site;
    together((0..4).map(|_| site.clean_up()).collect()).await;
    assert!(site.rows("users").await.is_empty());
    assert_eq!(site.mails().await.len(), 1);
}

#[tokio::test]
async fn more_accounts_than_one_query_finds_are_deleted() {
    let site = site_with_mail().await;
    for number in 0..120 {
        let insert = format!(
            "INSERT INTO users (id, email, email_key, password_hash, created_at, delete_at) \
             VALUES ('u{number}', 'u{number}@example.com', 'u{number}@example.com', '', 0, {number})"
        );
        let insert = sqlx::query(sqlx::AssertSqlSafe(insert));
        insert.execute(&site.database.pool).await.expect("a row");
    }
    site.clean_up().await;
    assert!(site.rows("users").await.is_empty());
    assert_eq!(site.mails().await.len(), 120);
}

#[tokio::test]
async fn the_operator_opens_a_closed_account() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    close(&site, &mut ada).await;
    site.login_manager.set_active(&id, true).await.unwrap();
    assert_eq!(log_in(&site, &password("Ada")).await.status, StatusCode::OK);
    site.pass(FORTNIGHT);
    site.clean_up().await;
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn no_link_undoes_the_operators_deactivation() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    close(&site, &mut ada).await;
    log_in(&site, &password("Ada")).await;
    let again = site.one_mail().await.token();
    let manager = &site.login_manager;
    let page = format!("/keep-account?link={again}");
    assert_eq!(site.visitor().visit(&page).await.status, StatusCode::OK);
    let links = site.rows("links").await;
    manager.set_active(&id, false).await.unwrap();
    assert_eq!(keep(&mut site.visitor(), &again).await, StatusCode::GONE);
    assert_ne!(links, site.rows("links").await);
    site.pass(Duration::from_mins(4));
    let answer = log_in(&site, &password("Ada")).await;
    assert!(answer.body.contains("inactive"), "{}", answer.body);
    assert!(site.mails().await.is_empty());
    site.pass(FORTNIGHT);
    site.clean_up().await;
    assert!(site.rows("users").await.is_empty(), "the user asked for it");
}

/// ASVS 7.4.2.
#[tokio::test]
async fn what_was_ended_with_the_account_does_not_come_back_with_it() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let (mut other, mut remembered, mut script) = (site.visitor(), site.visitor(), site.visitor());
    other.log_in("Ada").await;
    remembered.log_in_remembered("Ada").await;
    script.token = Some(ada.create_token("Backup").await);
    let mail = close(&site, &mut ada).await;
    assert_eq!(
        keep(&mut site.visitor(), &mail.token()).await,
        StatusCode::OK
    );
    for device in [&mut ada, &mut other, &mut remembered] {
        assert!(device.is_guest().await);
    }
    assert_eq!(script.who_am_i().await.status, StatusCode::UNAUTHORIZED);
}

/// The password was verified before, and the session would be stored after.
#[tokio::test]
async fn a_login_that_was_under_way_does_not_survive_the_closing() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let mut late = site.visitor();
    let account = site.login_manager.find(&email("Ada")).await.unwrap();
    let account = account.expect("an account");
    let mail = close(&site, &mut ada).await;
    assert_eq!(
        keep(&mut site.visitor(), &mail.token()).await,
        StatusCode::OK
    );
    let logged_in = site
        .within(&mut late, async move |auth| {
            auth.login_user(&account, LoginOptions::default()).await
        })
        .await;
    assert_eq!(logged_in, Err(AuthError::InvalidCredentials));
    assert!(late.is_guest().await);
}

/// A link that is sent again is stored only with its mail, and says nothing of the device of the login that asked for it.
#[tokio::test]
async fn repeated_logins_store_no_links() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    close(&site, &mut ada).await;
    for _ in 0..5 {
        ada.log_in("Ada").await;
    }
    assert_eq!(site.rows("links").await.len(), 2);
    let again = site.one_mail().await;
    assert!(!again.text.contains("This happened"), "{}", again.text);
}

#[tokio::test]
async fn a_login_after_the_time_has_come_promises_no_mail() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    close(&site, &mut ada).await;
    site.pass(FORTNIGHT);
    let answer = log_in(&site, &password("Ada")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(site.mails().await.is_empty());
}

/// An app's table may refer to users without `ON DELETE CASCADE`.
#[tokio::test]
async fn an_account_that_cannot_be_deleted_does_not_keep_the_others() {
    let site = site_with_mail().await;
    let mut ids = Vec::new();
    for name in ["Ada", "Grace", "Joan"] {
        let mut user = site.user(name).await;
        ids.push(user.id().await);
        user.submit("/api/delete_account", &[]).await;
    }
    site.mails().await;
    ids.sort();
    for sql in [
        "CREATE TABLE bills (user_id TEXT NOT NULL REFERENCES users (id))".to_owned(),
        format!("INSERT INTO bills VALUES ('{}')", ids[0]),
    ] {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql));
        query.execute(&site.database.pool).await.expect("a bill");
    }
    site.pass(FORTNIGHT);
    assert!(site.login_manager.clean_up().await.is_err());
    assert_eq!(site.rows("users").await.len(), 1);
    assert_eq!(site.mails().await.len(), 2);
}

/// A thief has changed the address and then deleted the account. Returns the site, the link in the thief's box that keeps the
/// account, and the one in Ada's that undoes the change.
async fn stolen() -> (Postbox, String, String) {
    let site = site_with_mail().await;
    let mut thief = site.user("Ada").await;
    let fields = [("email", "thief@example.com")];
    thief.submit("/api/change_email", &fields).await;
    let mails = site.mails().await;
    let to = |address: &str| {
        let mail = mails.iter().find(|mail| mail.to == address);
        mail.expect("a mail").token()
    };
    let fields = [("link", &*to("thief@example.com"))];
    thief.call("/api/confirm_email", &fields).await;
    let closed = close(&site, &mut thief).await;
    assert_eq!(closed.to, "thief@example.com");
    (site, closed.token(), to(&email("Ada")))
}

async fn undo(site: &Postbox, token: &str) -> StatusCode {
    let fields = [("link", token)];
    let answer = site.visitor().call("/api/keep_email", &fields).await;
    answer.status
}

#[tokio::test]
async fn the_link_in_the_old_box_opens_the_account_again() {
    let (site, _, token) = stolen().await;
    assert_eq!(undo(&site, &token).await, StatusCode::OK);
    site.pass(FORTNIGHT);
    site.clean_up().await;
    assert_eq!(site.reset_link("Ada").await.to, email("Ada"));
}

/// Until the account is deleted, and no longer than before if it is kept.
#[tokio::test]
async fn the_link_in_the_old_box_works_for_as_long_as_the_account_is_closed() {
    for is_kept in [false, true] {
        let (site, keeps, token) = stolen().await;
        site.pass(Duration::from_hours(13 * 24));
        if is_kept {
            assert_eq!(keep(&mut site.visitor(), &keeps).await, StatusCode::OK);
        }
        assert_eq!(undo(&site, &token).await == StatusCode::OK, !is_kept);
    }
}

/// As after the link that keeps an account.
#[tokio::test]
async fn when_the_operator_opens_the_account_the_link_in_the_old_box_has_its_earlier_end() {
    let (site, _, token) = stolen().await;
    let account = site.login_manager.find("thief@example.com").await.unwrap();
    let id = account.expect("an account").user.id;
    site.login_manager.set_active(&id, true).await.unwrap();
    site.pass(Duration::from_hours(13 * 24));
    assert_eq!(undo(&site, &token).await, StatusCode::GONE);
}

#[tokio::test]
async fn an_access_token_of_a_closed_account_works_no_more() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("Backup").await);
    assert!(!script.is_guest().await);
    close(&site, &mut ada).await;
    assert_eq!(script.who_am_i().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_time_for_it_the_account_is_deleted_at_once_with_a_last_mail() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let site = site
        .after_restart_with(|settings| settings.options.deletion_days = 0)
        .await;
    ada.moves_to(&site.router);
    ada.visit("/account/delete")
        .await
        .shows("It can't be undone.");
    let last = close(&site, &mut ada).await;
    assert_eq!(last.subject, "Your account was deleted");
    assert!(site.rows("users").await.is_empty());
    ada.visit("/")
        .await
        .tells("notice", "Your account has been deleted.");
}

#[tokio::test]
async fn without_mail_the_account_is_deleted_at_once() {
    let mut settings = Settings::default();
    settings.options.deletion_days = 14;
    for site in [site().await, site_with(settings).await] {
        let mut ada = site.user("Ada").await;
        ada.submit("/api/delete_account", &[]).await.leads_to("/");
        assert!(site.rows("users").await.is_empty());
    }
}
