//! Another address for an account.

use std::time::Duration;

use app::auth::SignUpMode;
use axum::http::StatusCode;

use super::postbox::{Postbox, Received, forgot, site_with_mail, site_with_mode};
use crate::support::site::site;
use crate::support::visitor::{Answer, Visitor, email, password, together};

const NEW: &str = "ada@new.example.com";

async fn ask(visitor: &mut Visitor, address: &str) -> Answer {
    let fields = [("email", address)];
    visitor.submit("/api/change_email", &fields).await
}

async fn confirm(visitor: &mut Visitor, token: &str) -> StatusCode {
    let fields = [("link", token)];
    visitor.call("/api/confirm_email", &fields).await.status
}

async fn keep(visitor: &mut Visitor, token: &str) -> StatusCode {
    let fields = [("link", token)];
    visitor.call("/api/keep_email", &fields).await.status
}

/// The mails to the new address and to the old one.
async fn both(site: &Postbox) -> (Received, Received) {
    let mails = site.mails().await;
    let to = |address: &str| {
        let mut mails = mails.iter().filter(|mail| mail.to == address);
        let mail = mails
            .next()
            .unwrap_or_else(|| panic!("no mail to {address}"));
        assert!(mails.next().is_none(), "one mail to {address}");
        mail.clone()
    };
    assert_eq!(mails.len(), 2);
    (to(NEW), to(&email("Ada")))
}

async fn address(visitor: &mut Visitor) -> String {
    let user = visitor.who_am_i().await.json();
    user["user"]["email"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn the_address_changes_by_the_link_in_the_new_box() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ask(&mut ada, NEW)
        .await
        .leads_to("/mail-sent?form=%2Faccount");
    let (new, old) = both(&site).await;
    assert_eq!(new.subject, "Confirm your new address");
    assert!(
        !new.raw.contains(&email("Ada")),
        "the new box learns nothing of the old one"
    );
    assert_eq!(old.subject, "Your address is about to change");
    assert_eq!(address(&mut ada).await, email("Ada"));

    let page = ada.visit(&new.path()).await;
    page.shows("For ada@new.example.com.");
    let fields = [("link", &*new.token())];
    ada.submit("/api/confirm_email", &fields)
        .await
        .leads_to("/account");
    ada.visit("/account").await.tells(
        "notice",
        "Your address was changed. All other devices were logged out.",
    );
    assert_eq!(address(&mut ada).await, NEW);
    let (new, old) = both(&site).await;
    assert_eq!(
        (new.subject, old.subject),
        (
            "Your address was changed".into(),
            "Your address was changed".into()
        )
    );
    for (address, status) in [
        (NEW, StatusCode::OK),
        (&*email("Ada"), StatusCode::UNAUTHORIZED),
    ] {
        let fields = [("email", address), ("password", &*password("Ada"))];
        let answer = site.visitor().call("/api/login", &fields).await;
        assert_eq!(answer.status, status, "{address}");
    }
}

#[tokio::test]
async fn a_change_ends_other_logins_and_links_and_keeps_access_tokens() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let mut remembered = site.visitor();
    remembered.log_in_remembered("Ada").await;
    ada.create_token("Backup").await;
    let reset = site.reset_link("Ada").await.token();
    ask(&mut ada, NEW).await;
    let (new, _) = both(&site).await;
    assert_eq!(confirm(&mut ada, &new.token()).await, StatusCode::OK);
    assert!(!ada.is_guest().await);
    assert!(remembered.is_guest().await);
    assert_eq!(site.rows("access_tokens").await.len(), 1);
    let fields = [
        ("link", &*reset),
        ("password", "another battery-staple-marker"),
    ];
    let answer = site.visitor().call("/api/reset_password", &fields).await;
    assert_eq!(answer.status, StatusCode::GONE, "a link to the old box");
}

#[tokio::test]
async fn the_link_works_for_its_own_user_who_is_logged_in_only() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let mut grace = site.user("Grace").await;
    ask(&mut ada, NEW).await;
    let (new, _) = both(&site).await;
    assert_eq!(
        confirm(&mut site.visitor(), &new.token()).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(confirm(&mut grace, &new.token()).await, StatusCode::GONE);
    let mut stale = site.stale_user("Ada").await;
    assert_eq!(
        confirm(&mut stale, &new.token()).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(confirm(&mut ada, &new.token()).await, StatusCode::OK);
    assert_eq!(confirm(&mut ada, &new.token()).await, StatusCode::GONE);
}

#[tokio::test]
async fn asking_needs_a_fresh_login() {
    let site = site_with_mail().await;
    let mut ada = site.stale_user("Ada").await;
    ask(&mut ada, NEW)
        .await
        .leads_to("/confirm?next=%2Faccount");
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn looking_at_either_link_changes_nothing() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ask(&mut ada, NEW).await;
    let (new, old) = both(&site).await;
    let before = (site.rows("links").await, site.rows("users").await);
    for _ in 0..10 {
        assert_eq!(ada.visit(&new.path()).await.status, StatusCode::OK);
        assert_eq!(
            site.visitor().visit(&old.path()).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(before, (site.rows("links").await, site.rows("users").await));
}

#[tokio::test]
async fn the_link_in_the_old_box_stops_the_change_and_ends_everything() {
    let site = site_with_mail().await;
    let mut thief = site.user("Ada").await;
    thief.create_token("Backup").await;
    site.mails().await;
    ask(&mut thief, NEW).await;
    let (new, old) = both(&site).await;
    let mut ada = site.visitor();
    ada.visit(&old.path()).await.shows("For ada@example.com.");
    let fields = [("link", &*old.token())];
    ada.submit("/api/keep_email", &fields)
        .await
        .leads_to("/forgot");
    assert!(thief.is_guest().await);
    for table in ["sessions", "access_tokens", "links"] {
        assert!(site.rows(table).await.is_empty(), "{table}");
    }
    assert_eq!(site.one_mail().await.subject, "Your address stays as it is");
    thief.log_in("Ada").await;
    assert!(
        thief.is_guest().await,
        "the password that the thief knows has ended"
    );
    assert_eq!(
        confirm(&mut thief, &new.token()).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_link_in_the_old_box_undoes_the_change_for_three_days() {
    let site = site_with_mail().await;
    let mut thief = site.user("Ada").await;
    ask(&mut thief, NEW).await;
    let (new, old) = both(&site).await;
    assert_eq!(confirm(&mut thief, &new.token()).await, StatusCode::OK);
    site.mails().await;
    site.pass(Duration::from_hours(71));
    assert_eq!(
        keep(&mut site.visitor(), &old.token()).await,
        StatusCode::OK
    );
    let (new_box, old_box) = both(&site).await;
    assert_eq!(new_box.subject, "Your address was changed");
    assert_eq!(old_box.subject, "Your address stays as it is");
    assert!(thief.is_guest().await);
    thief.log_in("Ada").await;
    assert!(
        thief.is_guest().await,
        "the password that the thief knows has ended"
    );
    let token = site.reset_link("Ada").await.token();
    let password = password("Ada");
    let fields = [("link", &*token), ("password", &*password)];
    let mut ada = site.visitor();
    ada.call("/api/reset_password", &fields).await;
    ada.log_in("Ada").await;
    assert_eq!(address(&mut ada).await, email("Ada"));
    assert_eq!(
        keep(&mut site.visitor(), &old.token()).await,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn links_end_after_a_day_and_after_three() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ask(&mut ada, NEW).await;
    let (new, old) = both(&site).await;
    site.pass(Duration::from_hours(24));
    ada.log_in("Ada").await;
    assert_eq!(confirm(&mut ada, &new.token()).await, StatusCode::GONE);
    site.pass(Duration::from_hours(48));
    assert_eq!(
        keep(&mut site.visitor(), &old.token()).await,
        StatusCode::GONE
    );
}

/// ASVS 6.3.8.
#[tokio::test]
async fn an_address_of_another_account_gets_the_same_answer_and_its_owner_a_mail() {
    let site = site_with_mail().await;
    site.user("Grace").await;
    let mut ada = site.user("Ada").await;
    let (free_queries, free) = site.queries(async { ask(&mut ada, NEW).await }).await;
    both(&site).await;
    site.pass(Duration::from_secs(2));
    let (others_queries, others) = site
        .queries(async { ask(&mut ada, &email("Grace")).await })
        .await;
    assert_eq!(
        (free.status, free.location(), &free.body),
        (others.status, others.location(), &others.body)
    );
    assert_eq!(free_queries, others_queries);
    let mails = site.mails().await;
    let to_grace = mails.iter().find(|mail| mail.to == email("Grace"));
    let to_grace = to_grace.expect("a mail to the owner");
    assert_eq!(to_grace.subject, "Someone wants to use your address");
    assert!(!to_grace.raw.contains("link="));
}

#[tokio::test]
async fn an_address_that_was_taken_since_cannot_be_confirmed() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ask(&mut ada, "grace@example.com").await;
    let mails = site.mails().await;
    let new = mails
        .iter()
        .find(|mail| mail.to == "grace@example.com")
        .unwrap();
    site.user("Grace").await;
    assert_eq!(confirm(&mut ada, &new.token()).await, StatusCode::GONE);
    assert_eq!(address(&mut ada).await, email("Ada"));
}

#[tokio::test]
async fn of_twenty_confirmations_at_once_one_uses_the_link() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ask(&mut ada, NEW).await;
    let token = &both(&site).await.0.token();
    let tabs: Vec<_> = (0..20)
        .map(|_| {
            let mut tab = site.visitor();
            tab.takes_cookies_of(&ada);
            async move { confirm(&mut tab, token).await }
        })
        .collect();
    let answers = together(tabs).await;
    let right = answers.iter().filter(|&&status| status == StatusCode::OK);
    assert_eq!(right.count(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_wrong_address_is_refused_and_comes_back() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    for (address, text) in [
        ("nowhere", "Enter an email address"),
        ("ada@example.com", "This is your address already."),
    ] {
        ask(&mut ada, address).await.leads_to("/account");
        let page = ada.visit("/account").await;
        page.shows(text);
        page.shows(&format!("value=\"{address}\""));
    }
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn another_spelling_of_the_own_address_can_be_chosen() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    ask(&mut ada, "Ada@Example.com")
        .await
        .leads_to("/mail-sent?form=%2Faccount");
    let mails = site.mails().await;
    let new = mails
        .iter()
        .find(|mail| mail.subject == "Confirm your new address")
        .unwrap();
    assert_eq!(confirm(&mut ada, &new.token()).await, StatusCode::OK);
    assert_eq!(address(&mut ada).await, "Ada@Example.com");
    let mut again = site.visitor();
    again.log_in("Ada").await;
    assert!(!again.is_guest().await);
}

#[tokio::test]
async fn without_mail_the_address_cannot_be_changed() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let page = ada.visit("/account").await;
    assert!(!page.body.contains("/api/change_email"));
    let answer = ada.call("/api/change_email", &[("email", NEW)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

/// An attacker with a stolen session and password is not faster than three days.
#[tokio::test]
async fn what_a_thief_does_at_the_new_address_does_not_end_the_link_in_the_old_box() {
    let site = site_with_mail().await;
    let mut thief = site.user("Ada").await;
    ask(&mut thief, NEW).await;
    let (new, old) = both(&site).await;
    assert_eq!(confirm(&mut thief, &new.token()).await, StatusCode::OK);
    site.mails().await;

    // A reset by the new box.
    let fields = [("email", NEW)];
    site.visitor().submit("/api/forgot_password", &fields).await;
    let token = site.one_mail().await.token();
    let fields = [
        ("link", &*token),
        ("password", "another battery-staple-marker"),
    ];
    site.visitor().call("/api/reset_password", &fields).await;

    // A change to a third address that is stopped by the new box.
    let fields = [
        ("email", NEW),
        ("password", "another battery-staple-marker"),
    ];
    thief.call("/api/login", &fields).await;
    site.mails().await;
    site.pass(Duration::from_secs(2));
    ask(&mut thief, "ada@third.example.com").await;
    let mails = site.mails().await;
    let stop = mails.iter().find(|mail| mail.to == NEW).expect("a mail");
    assert_eq!(
        keep(&mut site.visitor(), &stop.token()).await,
        StatusCode::OK
    );

    assert_eq!(
        keep(&mut site.visitor(), &old.token()).await,
        StatusCode::OK
    );
    assert_eq!(site.reset_link("Ada").await.to, email("Ada"));
}

#[tokio::test]
async fn an_address_that_can_come_back_cannot_be_taken() {
    let site = site_with_mail().await;
    let mut thief = site.user("Ada").await;
    ask(&mut thief, NEW).await;
    let (new, old) = both(&site).await;
    assert_eq!(confirm(&mut thief, &new.token()).await, StatusCode::OK);
    site.visitor().sign_up("Ada").await.leads_to("/login");
    assert_eq!(site.rows("users").await.len(), 1);
    let mut grace = site.user("Grace").await;
    ask(&mut grace, &email("Ada")).await;
    let mails = site.mails().await;
    let link = mails
        .iter()
        .find(|mail| mail.subject == "Confirm your new address");
    let link = link.expect("a mail").token();
    assert_eq!(confirm(&mut grace, &link).await, StatusCode::GONE);
    assert_eq!(
        keep(&mut site.visitor(), &old.token()).await,
        StatusCode::OK
    );
}

/// A thief has changed the address, and its owner, who cannot log in, signs up again with it: that must not end the way back.
#[tokio::test]
async fn a_sign_up_with_an_address_that_can_come_back_leads_to_the_way_back() {
    let site = site_with_mode(SignUpMode::Confirmed).await;
    let (mut thief, mut ada) = (site.visitor(), site.visitor());
    let address = email("Ada");
    let start = async |visitor: &mut Visitor| {
        site.pass(Duration::from_mins(4));
        let fields = [("email", &*address)];
        visitor.submit("/api/start_signup", &fields).await;
        site.one_mail().await
    };
    let password = password("Ada");
    let finish = async |visitor: &mut Visitor, link: &str| {
        let fields = [("link", link), ("name", "Ada"), ("password", &*password)];
        visitor.call("/api/signup", &fields).await.status
    };
    let (first, second) = (start(&mut ada).await, start(&mut ada).await);
    let signed_up = finish(&mut thief, &first.token()).await;
    assert_eq!(signed_up, StatusCode::OK);
    site.mails().await;
    ask(&mut thief, NEW).await;
    let (new, old) = both(&site).await;
    assert_eq!(confirm(&mut thief, &new.token()).await, StatusCode::OK);
    site.mails().await;
    let mail = start(&mut ada).await;
    assert_eq!(
        (&*mail.to, &*mail.subject),
        (&*address, "This address can't be used yet")
    );
    let late = finish(&mut ada, &second.token()).await;
    assert_eq!(late, StatusCode::GONE);
    assert_eq!(
        keep(&mut site.visitor(), &old.token()).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn requests_of_a_user_that_send_nothing_keep_no_other_user_waiting() {
    let site = site_with_mail().await;
    let (mut mallory, mut ada) = (site.user("Mallory").await, site.user("Ada").await);
    for number in 0..5 {
        site.pass(Duration::from_secs(2));
        ask(&mut mallory, &format!("m@box{number}.example.com")).await;
    }
    site.mails().await;
    site.pass(Duration::from_mins(4));
    ask(&mut mallory, NEW).await;
    assert!(site.mails().await.is_empty());
    ask(&mut ada, NEW).await;
    assert_eq!(both(&site).await.0.subject, "Confirm your new address");
}

/// A thief who has moved the account asks for links at the old address, which has no account then.
#[tokio::test]
async fn requests_for_an_address_without_an_account_do_not_keep_its_later_owner_waiting() {
    let site = site_with_mail().await;
    let mut thief = site.user("Ada").await;
    ask(&mut thief, NEW).await;
    let (new, old) = both(&site).await;
    confirm(&mut thief, &new.token()).await;
    for _ in 0..6 {
        forgot(&mut thief, &email("Ada")).await;
        site.pass(Duration::from_mins(4));
    }
    keep(&mut site.visitor(), &old.token()).await;
    site.mails().await;
    assert_eq!(site.reset_link("Ada").await.to, email("Ada"));
}

#[tokio::test]
async fn after_five_of_a_day_one_account_sends_one_in_half_an_hour() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    for number in 0..8 {
        site.pass(Duration::from_secs(2));
        ask(&mut ada, &format!("ada@box{number}.example.com"))
            .await
            .leads_to("/mail-sent?form=%2Faccount");
    }
    assert_eq!(site.mails().await.len(), 2 * 5);
    site.clean_up().await;
    assert_eq!(site.rows("links").await.len(), 2 * 5, "those in mails");
}
