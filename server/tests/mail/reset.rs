use std::time::Duration;

use app::auth::SignUpMode;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use super::postbox::{Postbox, forgot, site_with_mail};
use crate::support::site::site;
use crate::support::visitor::{Answer, Visitor, email, password, together};

const NEW: &str = "another battery-staple-marker";

async fn reset(visitor: &mut Visitor, token: &str, new: &str) -> Answer {
    let fields = [("link", token), ("password", new), ("tokens", "on")];
    visitor.submit("/api/reset_password", &fields).await
}

async fn call(visitor: &mut Visitor, token: &str) -> StatusCode {
    let fields = [("link", token), ("password", NEW)];
    visitor.call("/api/reset_password", &fields).await.status
}

async fn logs_in(site: &Postbox, name: &str, password: &str) -> bool {
    let fields = [("email", &*email(name)), ("password", password)];
    let answer = site.visitor().call("/api/login", &fields).await;
    answer.status == StatusCode::OK
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_the_link_which_does_not_log_in() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let mail = site.reset_link("Ada").await;
    assert_eq!(mail.to, email("Ada"));
    let mut other_device = site.visitor();
    let page = other_device.visit(&mail.path()).await;
    page.shows("For ada@example.com.");
    reset(&mut other_device, &mail.token(), NEW)
        .await
        .leads_to("/login");
    other_device.visit("/login").await.tells(
        "notice",
        "Your password was reset, and all devices were logged out. Log in with the new one.",
    );
    assert!(other_device.is_guest().await);
    assert!(logs_in(&site, "Ada", NEW).await);
    assert!(!logs_in(&site, "Ada", &password("Ada")).await);
}

#[tokio::test]
async fn a_reset_ends_every_login_and_the_access_tokens_and_tells_the_owner() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let mut remembered = site.visitor();
    remembered.log_in_remembered("Ada").await;
    ada.create_token("Backup").await;
    let mail = site.reset_link("Ada").await;
    reset(&mut site.visitor(), &mail.token(), NEW).await;
    assert!(ada.is_guest().await);
    assert!(remembered.is_guest().await);
    for table in ["sessions", "remembered", "access_tokens", "links"] {
        assert!(site.rows(table).await.is_empty(), "{table}");
    }
    let notice = site.one_mail().await;
    assert_eq!(notice.subject, "Your password was reset");
    assert_eq!(notice.to, email("Ada"));
    assert!(!notice.text.contains("link="), "a notice has no token");
}

#[tokio::test]
async fn access_tokens_stay_if_the_box_is_not_checked() {
    let site = site_with_mail().await;
    site.user("Ada").await.create_token("Backup").await;
    let mail = site.reset_link("Ada").await;
    assert_eq!(
        call(&mut site.visitor(), &mail.token()).await,
        StatusCode::OK
    );
    assert_eq!(site.rows("access_tokens").await.len(), 1);
}

/// Mail scanners open links, and some send HEAD first.
#[tokio::test]
async fn looking_at_the_link_ten_times_does_not_use_it() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let mail = site.reset_link("Ada").await;
    let before = site.rows("links").await;
    for _ in 0..10 {
        assert_eq!(
            site.visitor().visit(&mail.path()).await.status,
            StatusCode::OK
        );
        let head = Request::head(mail.path()).body(Body::empty()).unwrap();
        assert_eq!(site.visitor().exchange(head).await.status, StatusCode::OK);
    }
    assert_eq!(site.rows("links").await, before);
    assert_eq!(
        call(&mut site.visitor(), &mail.token()).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_link_works_once() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let token = site.reset_link("Ada").await.token();
    assert_eq!(call(&mut site.visitor(), &token).await, StatusCode::OK);
    assert_eq!(call(&mut site.visitor(), &token).await, StatusCode::GONE);
    let again = reset(&mut site.visitor(), &token, NEW).await;
    again.leads_to(&format!("/reset?link={token}"));
    let page = site.visitor().visit(&format!("/reset?link={token}")).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.body.contains("This link can't be used"));
}

#[tokio::test]
async fn of_twenty_at_once_one_uses_the_link() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let token = &site.reset_link("Ada").await.token();
    let site = &site;
    let uses = (0..20).map(|_| async move { call(&mut site.visitor(), token).await });
    let answers = together(uses.collect()).await;
    let right = answers.iter().filter(|&&status| status == StatusCode::OK);
    assert_eq!(right.count(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_refused_form_does_not_use_the_link() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let token = site.reset_link("Ada").await.token();
    let mut ada = site.visitor();
    let refused = reset(&mut ada, &token, "short").await;
    refused.leads_to(&format!("/reset?link={token}"));
    let page = ada.visit(&format!("/reset?link={token}")).await;
    page.says_of("password", "Use at least 15 characters.");
    assert_eq!(call(&mut ada, &token).await, StatusCode::OK);
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let mail = site.reset_link("Ada").await;
    site.pass(Duration::from_mins(29));
    assert_eq!(
        site.visitor().visit(&mail.path()).await.status,
        StatusCode::OK
    );
    site.pass(Duration::from_mins(1));
    assert_eq!(
        site.visitor().visit(&mail.path()).await.status,
        StatusCode::GONE
    );
    assert_eq!(
        call(&mut site.visitor(), &mail.token()).await,
        StatusCode::GONE
    );
    site.clean_up().await;
    assert!(site.rows("links").await.is_empty());
}

#[tokio::test]
async fn a_new_password_ends_the_links_that_were_sent_before() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let mail = site.reset_link("Ada").await;
    let fields = [("current_password", &*password("Ada")), ("password", NEW)];
    ada.submit("/api/password", &fields)
        .await
        .leads_to("/account/password");
    assert_eq!(
        site.visitor().visit(&mail.path()).await.status,
        StatusCode::GONE
    );
    assert_eq!(
        call(&mut site.visitor(), &mail.token()).await,
        StatusCode::GONE
    );
}

#[tokio::test]
async fn a_link_is_of_one_account_and_one_purpose() {
    let site = site_with_mail().await;
    for name in ["Ada", "Grace"] {
        site.user(name).await;
    }
    let token = site.reset_link("Ada").await.token();
    assert_eq!(call(&mut site.visitor(), &token).await, StatusCode::OK);
    assert!(logs_in(&site, "Grace", &password("Grace")).await);
    let token = site.reset_link("Grace").await.token();
    let fields = [("link", &*token), ("name", "Eve"), ("password", NEW)];
    let answer = site.visitor().call("/api/signup", &fields).await;
    assert_eq!(answer.status, StatusCode::GONE);
    let page = format!("/signup/finish?link={token}");
    assert_eq!(site.visitor().visit(&page).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_is_no_link_is_told_as_one_that_cannot_be_used() {
    let site = site_with_mail().await;
    for token in ["", "x", "%00", "a/../b", &"A".repeat(43), &"A".repeat(5000)] {
        let fields = [("link", token), ("password", NEW)];
        let answer = site.visitor().call("/api/reset_password", &fields).await;
        assert_eq!(answer.status, StatusCode::GONE, "{token}");
    }
    for page in [
        "/reset",
        "/reset?link=",
        "/reset?link=%00",
        "/reset?link=x&link=y",
    ] {
        assert_eq!(
            site.visitor().visit(page).await.status,
            StatusCode::GONE,
            "{page}"
        );
    }
}

/// ASVS 6.3.8.
#[tokio::test]
async fn an_unknown_address_gets_the_same_answer_and_costs_the_same_rows() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let told = site.rows("outbox").await.len();
    let (known_queries, known) = site
        .queries(async { forgot(&mut site.visitor(), &email("Ada")).await })
        .await;
    let known_rows = (
        site.rows("links").await.len(),
        site.rows("outbox").await.len(),
    );
    let (unknown_queries, unknown) = site
        .queries(async { forgot(&mut site.visitor(), "eve@example.com").await })
        .await;
    let rows = (
        site.rows("links").await.len(),
        site.rows("outbox").await.len(),
    );
    assert_eq!(known_rows, (1, 1 + told));
    assert_eq!(rows, (2, 2 + told));
    assert_eq!(known_queries, unknown_queries);
    assert_eq!(
        (
            known.status,
            known.location(),
            &known.body,
            known.cookies().len()
        ),
        (
            unknown.status,
            unknown.location(),
            &unknown.body,
            unknown.cookies().len()
        )
    );
    assert_eq!(site.one_mail().await.to, email("Ada"), "no mail to Eve");
}

#[tokio::test]
async fn a_second_request_within_three_minutes_gets_the_same_answer_and_no_second_mail() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    for address in ["ada@example.com", "ADA@example.com"] {
        forgot(&mut site.visitor(), address)
            .await
            .leads_to("/mail-sent?form=%2Fforgot");
    }
    site.one_mail().await;
    site.pass(Duration::from_mins(3));
    site.reset_link("Ada").await;
}

#[tokio::test]
async fn the_mail_goes_to_the_address_of_the_account() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    forgot(&mut site.visitor(), "ADA@EXAMPLE.COM").await;
    assert_eq!(site.one_mail().await.to, email("Ada"));
}

#[tokio::test]
async fn an_inactive_account_gets_no_link_and_its_links_end() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    let token = site.reset_link("Ada").await.token();
    site.login_manager.set_active(&id, false).await.unwrap();
    assert_eq!(call(&mut site.visitor(), &token).await, StatusCode::GONE);
    site.pass(Duration::from_mins(4));
    forgot(&mut site.visitor(), &email("Ada"))
        .await
        .leads_to("/mail-sent?form=%2Fforgot");
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn a_reset_ends_the_wait_after_wrong_passwords() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    for _ in 0..8 {
        assert!(!logs_in(&site, "Ada", "a wrong password, really").await);
    }
    let token = site.reset_link("Ada").await.token();
    call(&mut site.visitor(), &token).await;
    assert!(logs_in(&site, "Ada", NEW).await);
}

/// Host header injection: the link has the configured origin (OWASP, Forgot Password Cheat Sheet).
#[tokio::test]
async fn a_link_has_the_origin_of_the_site_whatever_host_was_asked() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let request = Request::post("/api/forgot_password")
        .header(header::HOST, "evil.test")
        .header("x-forwarded-host", "evil.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = Body::from(format!("email={}", email("Ada")));
    site.visitor().exchange(request.body(body).unwrap()).await;
    let mail = site.one_mail().await;
    assert!(!mail.raw.contains("evil.test"), "{}", mail.raw);
}

#[tokio::test]
async fn pages_of_links_are_neither_stored_nor_listed_nor_told_to_other_sites() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let path = site.reset_link("Ada").await.path();
    let page = site.visitor().visit(&path).await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(page.headers["x-robots-tag"], "noindex");
    assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
}

#[tokio::test]
async fn without_mail_nothing_is_sent_and_the_page_says_what_to_do() {
    let site = site().await;
    site.user("Ada").await;
    let page = site.visitor().visit("/forgot").await;
    page.shows("This site can't send mail.");
    assert!(!page.body.contains("/api/forgot_password"));
    let fields = [("email", &*email("Ada"))];
    let answer = site.visitor().call("/api/forgot_password", &fields).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(site.rows("outbox").await.is_empty());
}

#[tokio::test]
async fn neither_the_log_nor_the_database_holds_a_link_or_an_address_of_the_outbox() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    forgot(&mut site.visitor(), "secret-eve@example.com").await;
    forgot(&mut site.visitor(), &email("Ada")).await;
    let mut stored = site.rows("links").await;
    stored.extend(site.rows("outbox").await);
    stored.extend(site.rows("attempts").await);
    let token = site.one_mail().await.token();
    stored.extend(site.rows("outbox").await);
    stored.extend(site.log.lines());
    for row in stored {
        for secret in [&*token, "secret-eve", "ada@example.com"] {
            assert!(!row.contains(secret), "{row}");
        }
    }
}

#[tokio::test]
async fn a_user_who_resets_the_own_password_is_logged_out_and_told() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let token = site.reset_link("Ada").await.token();
    reset(&mut ada, &token, NEW).await.leads_to("/login");
    ada.visit("/login").await.shows("Your password was reset");
    assert!(ada.is_guest().await);
}

/// So that others who ask for links neither fill a mailbox nor keep its owner out: one of the links always works.
#[tokio::test]
async fn after_five_mails_of_a_day_an_address_gets_one_in_half_an_hour() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let ask = async || {
        forgot(&mut site.visitor(), &email("Ada"))
            .await
            .leads_to("/mail-sent?form=%2Fforgot");
        site.pass(Duration::from_mins(4));
        site.mails().await.len()
    };
    let mut sent = Vec::new();
    for _ in 0..7 {
        sent.push(ask().await);
    }
    assert_eq!(sent, [1, 1, 1, 1, 1, 0, 0]);
    site.pass(Duration::from_mins(30 - 3 * 4));
    assert_eq!([ask().await, ask().await], [1, 0]);
    site.pass(Duration::from_hours(24));
    assert_eq!([ask().await, ask().await], [1, 1]);
}

#[tokio::test]
async fn mails_that_were_asked_for_while_the_clock_was_ahead_do_not_keep_an_address_waiting() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let ask = async || {
        forgot(&mut site.visitor(), &email("Ada")).await;
        site.pass(Duration::from_mins(4));
        site.mails().await.len()
    };
    site.pass(Duration::from_hours(30 * 24));
    let mut sent = vec![ask().await];
    site.set_back(Duration::from_hours(30 * 24));
    for _ in 0..5 {
        sent.push(ask().await);
    }
    assert_eq!(sent, [1; 6]);
}

#[tokio::test]
async fn requests_of_a_client_are_limited_alike_for_known_and_unknown_addresses() {
    let site = site_with_mail().await;
    site.user("Ada").await;
    let site = site
        .after_restart_with(|settings| {
            settings.options.sign_up = SignUpMode::Confirmed;
            settings.options.attempts_per_minute = 3;
        })
        .await;
    for path in ["/api/forgot_password", "/api/start_signup"] {
        for (number, address) in [(1, email("Ada")), (2, email("Grace"))] {
            let mut client = site.visitor();
            client.address = Some(([192, 0, 2, number], 4711).into());
            let mut statuses = Vec::new();
            for _ in 0..5 {
                let answer = client.call(path, &[("email", &*address)]).await;
                statuses.push(answer.status.as_u16());
            }
            assert_eq!(statuses, [200, 200, 200, 429, 429], "{path} {address}");
            site.pass(Duration::from_mins(2));
        }
    }
}

/// A token of one purpose is none of another.
#[tokio::test]
async fn a_link_works_for_its_own_purpose_only() {
    let site = site_with_mail().await;
    let mut ada = site.user("Ada").await;
    let token = site.reset_link("Ada").await.token();
    for path in ["/api/confirm_email", "/api/keep_email"] {
        let answer = ada.call(path, &[("link", &*token)]).await;
        assert_eq!(answer.status, StatusCode::GONE, "{path}");
    }
    ada.submit("/api/change_email", &[("email", "ada@new.example.com")])
        .await;
    for mail in site.mails().await {
        let status = call(&mut site.visitor(), &mail.token()).await;
        assert_eq!(status, StatusCode::GONE, "{}", mail.subject);
    }
    assert_eq!(call(&mut site.visitor(), &token).await, StatusCode::OK);
}
