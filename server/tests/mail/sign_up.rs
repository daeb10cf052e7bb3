use std::time::Duration;

use app::auth::{EventKind, SignUpMode};
use app::components::mail_sent;
use axum::http::StatusCode;

use super::postbox::{Postbox, site_with_mail, site_with_mode};
use crate::support::site::site;
use crate::support::visitor::{Answer, COOKIE_CHECK, Visitor, email, password};

async fn start(visitor: &mut Visitor, address: &str) -> Answer {
    visitor
        .submit("/api/start_signup", &[("email", address)])
        .await
}

async fn finish(visitor: &mut Visitor, token: &str, name: &str) -> Answer {
    let password = password(name);
    let fields = [("link", token), ("name", name), ("password", &*password)];
    visitor.submit("/api/signup", &fields).await
}

async fn confirmed() -> Postbox {
    site_with_mode(SignUpMode::Confirmed).await
}

/// Signs `name` up by mail.
async fn member(site: &Postbox, name: &str) -> Visitor {
    let mut visitor = site.visitor();
    start(&mut visitor, &email(name))
        .await
        .leads_to("/mail-sent?form=%2Fsignup");
    let token = site.one_mail().await.token();
    finish(&mut visitor, &token, name).await.leads_to("/");
    visitor
}

#[tokio::test]
async fn an_account_is_made_by_the_link_and_its_owner_is_logged_in() {
    let site = confirmed().await;
    let mut ada = site.visitor();
    let page = ada.visit("/signup").await;
    page.shows(r#"action="/api/start_signup""#);
    assert!(!page.body.contains(r#"name="password""#));
    start(&mut ada, &email("Ada"))
        .await
        .leads_to("/mail-sent?form=%2Fsignup");
    ada.visit("/mail-sent")
        .await
        .shows("we have sent a mail with a link to it");
    assert!(
        site.rows("users").await.is_empty(),
        "no account before the link is used"
    );
    let mail = site.one_mail().await;
    assert_eq!(mail.subject, "Finish your sign-up");
    let mut other_device = site.visitor();
    other_device
        .visit(&mail.path())
        .await
        .shows("For ada@example.com.");
    finish(&mut other_device, &mail.token(), "Ada")
        .await
        .leads_to("/");
    assert_eq!(other_device.name().await.as_deref(), Some("Ada"));
    assert!(
        ada.is_guest().await,
        "the browser that asked is not logged in"
    );
}

#[tokio::test]
async fn a_sign_up_by_mail_is_one_event_and_the_request_for_its_link_another() {
    let site = confirmed().await;
    member(&site, "Ada").await;
    let of_a_sign_up = |kind: &EventKind| kind.name().starts_with("sign");
    let events: Vec<_> = site.events().into_iter().filter(of_a_sign_up).collect();
    assert_eq!(events, [EventKind::SignUpAsked, EventKind::SignedUp]);
}

/// ASVS 6.3.8.
#[tokio::test]
async fn a_taken_address_gets_the_same_answer_and_its_owner_a_mail() {
    let site = confirmed().await;
    let (free_queries, free) = site
        .queries(async { start(&mut site.visitor(), &email("Ada")).await })
        .await;
    let link = site.one_mail().await.token();
    finish(&mut site.visitor(), &link, "Ada")
        .await
        .leads_to("/");
    let before = (
        site.rows("links").await.len(),
        site.rows("outbox").await.len(),
    );
    site.pass(Duration::from_mins(4));
    let (taken_queries, taken) = site
        .queries(async { start(&mut site.visitor(), "ADA@example.com").await })
        .await;
    assert_eq!(
        (
            free.status,
            free.location(),
            &free.body,
            free.cookies().len()
        ),
        (
            taken.status,
            taken.location(),
            &taken.body,
            taken.cookies().len()
        )
    );
    assert_eq!(free_queries, taken_queries);
    let after = (
        site.rows("links").await.len(),
        site.rows("outbox").await.len(),
    );
    assert_eq!(after, (before.0 + 1, before.1 + 1));
    let mail = site.one_mail().await;
    assert_eq!(
        (mail.subject.as_str(), &*mail.to),
        ("You already have an account", &*email("Ada"))
    );
    assert_eq!(mail.path(), "/login");
}

#[tokio::test]
async fn a_link_works_once_and_for_a_day() {
    let site = confirmed().await;
    start(&mut site.visitor(), &email("Ada")).await;
    let token = site.one_mail().await.token();
    finish(&mut site.visitor(), &token, "Ada")
        .await
        .leads_to("/");
    let page = format!("/signup/finish?link={token}");
    finish(&mut site.visitor(), &token, "Eve")
        .await
        .leads_to(&page);
    assert_eq!(site.visitor().visit(&page).await.status, StatusCode::GONE);

    start(&mut site.visitor(), &email("Grace")).await;
    let mail = site.one_mail().await;
    site.pass(Duration::from_hours(24));
    assert_eq!(
        site.visitor().visit(&mail.path()).await.status,
        StatusCode::GONE
    );
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn a_refused_form_does_not_use_the_link_and_what_was_typed_comes_back() {
    let site = confirmed().await;
    start(&mut site.visitor(), &email("Ada")).await;
    let token = site.one_mail().await.token();
    let mut ada = site.visitor();
    let page = format!("/signup/finish?link={token}");
    let fields = [("link", &*token), ("name", "Ada L"), ("password", "short")];
    ada.submit("/api/signup", &fields).await.leads_to(&page);
    let shown = ada.visit(&page).await;
    shown.shows(r#"value="Ada L""#);
    shown.says_of("password", "Use at least 15 characters.");
    finish(&mut ada, &token, "Ada").await.leads_to("/");
}

#[tokio::test]
async fn of_two_links_for_one_address_the_second_finds_it_taken() {
    let site = confirmed().await;
    start(&mut site.visitor(), &email("Ada")).await;
    let first = site.one_mail().await.token();
    site.pass(Duration::from_mins(4));
    start(&mut site.visitor(), &email("Ada")).await;
    let second = site.one_mail().await.token();
    finish(&mut site.visitor(), &first, "Ada")
        .await
        .leads_to("/");
    let mut eve = site.visitor();
    finish(&mut eve, &second, "Eve").await;
    assert!(eve.is_guest().await);
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn a_sign_up_in_one_step_is_refused_where_addresses_are_proven() {
    let site = confirmed().await;
    let answer = site.visitor().sign_up("Ada").await;
    assert!(
        site.rows("users").await.is_empty(),
        "{:?}",
        answer.location()
    );
}

#[tokio::test]
async fn where_sign_up_is_invited_or_closed_no_link_is_sent() {
    for (mode, text) in [
        (SignUpMode::Invited, "You need an invitation"),
        (SignUpMode::Closed, "New accounts can't be created"),
    ] {
        let site = site_with_mode(mode).await;
        site.visitor().visit("/signup").await.shows(text);
        for (path, fields) in [
            ("/api/start_signup", vec![("email", "ada@example.com")]),
            (
                "/api/signup",
                vec![
                    ("email", "ada@example.com"),
                    ("name", "Ada"),
                    ("password", "a long enough password"),
                ],
            ),
        ] {
            let answer = site.visitor().call(path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(site.rows("users").await.is_empty());
        assert!(site.rows("outbox").await.is_empty());
    }
}

#[tokio::test]
async fn the_same_address_gets_one_mail_in_three_minutes() {
    let site = confirmed().await;
    for _ in 0..3 {
        start(&mut site.visitor(), &email("Ada"))
            .await
            .leads_to("/mail-sent?form=%2Fsignup");
    }
    site.one_mail().await;
}

#[tokio::test]
async fn a_mail_to_an_address_that_is_not_proven_holds_nothing_that_was_typed() {
    let site = confirmed().await;
    let mut eve = site.visitor();
    eve.user_agent = "Visit evil.test now Firefox/1.0";
    start(&mut eve, &email("Ada")).await;
    let mail = site.one_mail().await;
    assert!(!mail.raw.contains("evil.test"));
    assert!(mail.text.contains("Firefox"));
    assert_eq!(mail.raw.matches("From: ").count(), 1);
}

#[tokio::test]
async fn a_member_logs_in_with_the_password_that_was_chosen() {
    let site = confirmed().await;
    member(&site, "Ada").await;
    let mut again = site.visitor();
    again.log_in("Ada").await;
    assert_eq!(again.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn without_mail_the_sign_up_is_one_step() {
    let site = site().await;
    let page = site.visitor().visit("/signup").await;
    page.shows(r#"action="/api/signup""#);
    let answer = site
        .visitor()
        .call("/api/start_signup", &[("email", "ada@example.com")])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_page_after_a_form_has_it_again_with_the_address_as_typed() {
    let site = confirmed().await;
    for (page, function) in [
        ("/forgot", "/api/forgot_password"),
        ("/signup", "/api/start_signup"),
    ] {
        let mut ada = site.visitor();
        let fields = [("email", "ada@exmaple.com")];
        let answer = ada.submit(function, &fields).await;
        answer.leads_to(&mail_sent(page));
        let page = ada.visit(&mail_sent(page)).await;
        page.shows("we have sent a mail with a link to it");
        page.shows(&format!(r#"action="{function}""#));
        page.shows(r#"value="ada@exmaple.com""#);
        page.shows("Send me a new link");
    }
}

#[tokio::test]
async fn the_page_after_a_form_leads_to_the_account_page_and_nowhere_else() {
    let site = site_with_mail().await;
    let page = async |form: &str| site.visitor().visit(&mail_sent(form)).await;
    page("/account")
        .await
        .shows(r#"<a href="/account">Send me a new link</a>"#);
    for form in ["https://evil.test", "//evil.test", "/api/logout", ""] {
        let page = page(form).await;
        page.shows("we have sent a mail with a link to it");
        assert!(!page.body.contains("Send me a new link"), "{form}");
    }
}

/// A visitor who refuses cookies learns it at the first form, and could not log in after the last one.
#[tokio::test]
async fn a_form_that_sends_a_mail_checks_the_cookies() {
    let site = confirmed().await;
    for function in ["/api/forgot_password", "/api/start_signup"] {
        let fields = [("email", "ada@example.com")];
        let answer = site.visitor().submit_without_check(function, &fields).await;
        let to = answer.location().expect("a redirect");
        assert!(to.starts_with(COOKIE_CHECK), "{to}");
    }
}

#[tokio::test]
async fn what_follows_a_form_is_the_same_for_a_known_and_an_unknown_address() {
    let site = confirmed().await;
    member(&site, "Ada").await;
    for (page, function) in [
        ("/forgot", "/api/forgot_password"),
        ("/signup", "/api/start_signup"),
    ] {
        let shown = async |address: &str| {
            let mut visitor = site.visitor();
            visitor.submit(function, &[("email", address)]).await;
            let page = visitor.visit(&mail_sent(page)).await;
            page.without_nonce().replace(address, "")
        };
        let answered = async |address: &str| {
            let fields = [("email", address)];
            let answer = site.visitor().call(function, &fields).await;
            (answer.headers.get("form-answer").cloned(), answer.body)
        };
        assert_eq!(
            shown("ada@example.com").await,
            shown("eve@example.com").await
        );
        let known = answered("ada@example.com").await;
        assert!(known.0.is_some());
        assert_eq!(known, answered("eve@example.com").await);
    }
}
