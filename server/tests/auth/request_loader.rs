//! Access tokens for scripts and services: `Authorization: Bearer`.

use std::time::Duration;

use app::auth::{AuthError, EventKind, LoginOptions};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::pages::{ASKING, QUIET, SILENCE, pages};
use crate::support::site::{Site, site};
use crate::support::visitor::{REMEMBER, SESSION, Visitor, send};

pub(super) const DAY: Duration = Duration::from_hours(24);

/// Ada's browser, and a script that has her token and no cookie.
pub(super) async fn ada_and_script(site: &Site) -> (Visitor, Visitor) {
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    (ada, script)
}

#[track_caller]
pub(super) fn assert_refused(answer: &crate::support::visitor::Answer) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    assert_eq!(
        answer.headers["www-authenticate"],
        r#"Bearer error="invalid_token""#
    );
    assert_eq!(answer.cookies().len(), 0);
    assert_eq!(answer.location(), None);
}

#[tokio::test]
async fn a_token_authenticates_its_user_without_a_session_or_cookie() {
    let site = site().await;
    let (_, mut script) = ada_and_script(&site).await;
    let sessions = site.rows("sessions").await;
    let answer = script.ask("/api/account").await;
    assert_eq!(
        (answer.status, &answer.json()["name"]),
        (StatusCode::OK, &"Ada".into())
    );
    assert_eq!(answer.cookies().len(), 0);
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    script.who_am_i().await.knows("Ada");
    script.visit("/account").await.is_page_of("Ada");

    script.token = None;
    assert!(script.is_guest().await);
    assert_eq!(site.rows("sessions").await, sessions);
}

/// An app without any session works as well.
#[tokio::test]
async fn a_token_works_without_any_session_in_the_app() {
    let site = site().await;
    let (mut ada, mut script) = ada_and_script(&site).await;
    ada.log_out().await;
    assert_eq!(site.rows("sessions").await.len(), 0);
    assert_eq!(script.ask("/api/account").await.status, StatusCode::OK);
}

/// Flask-Login makes a guest of an unknown token. Here the response is 401 whenever the user is loaded.
#[tokio::test]
async fn an_invalid_token_is_401_wherever_the_user_is_loaded() {
    let site = site().await;
    let (_, mut script) = ada_and_script(&site).await;
    let pages = pages(&site);
    let good = script.token.clone().unwrap();
    let mut unknown = good.clone();
    unknown.replace_range(10..11, if &good[10..11] == "A" { "B" } else { "A" });
    for token in [
        &*unknown,
        "lk_",
        "",
        "x",
        &good[3..],
        &format!("{good}A"),
        &"lk_A".repeat(99),
    ] {
        script.token = Some(token.to_owned());
        for path in ["/account", "/login", "/api/account", "/api/current_user"] {
            assert_refused(&script.visit(path).await);
        }
        assert_refused(&script.exchange_with(&pages, ASKING).await);
        let answer = script.ask("/api/account").await;
        assert_eq!(answer.body, r#""invalid_token""#);
    }
    script.exchange_with(&pages, QUIET).await.shows(SILENCE);
}

#[tokio::test]
async fn a_value_that_cannot_be_a_token_runs_no_query() {
    let site = site().await;
    let mut script = site.visitor();
    for token in ["x", "lk", &"lk_A".repeat(99)] {
        script.token = Some(token.to_owned());
        let (queries, answer) = site.queries(script.ask("/api/account")).await;
        assert_eq!((queries, answer.status), (0, StatusCode::UNAUTHORIZED));
    }
}

/// `Accept: */*`, as curl sends it.
#[tokio::test]
async fn accepting_any_type_gets_a_code_from_a_function_and_text_from_a_page() {
    let site = site().await;
    let ask = async |path: &str, accept: &str| {
        let request = Request::get(path)
            .header("accept", accept)
            .header("authorization", "Bearer lk_unknown");
        let request = request.body(Body::empty()).unwrap();
        site.visitor().exchange(request).await
    };
    for accept in ["*/*", "text/*", "application/json"] {
        let answer = ask("/api/account", accept).await;
        assert_eq!(answer.body, r#""invalid_token""#, "{accept}");
        let cross_site = Request::post("/api/logout")
            .header("accept", accept)
            .header("sec-fetch-site", "cross-site");
        let answer = site
            .visitor()
            .exchange(cross_site.body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.body, r#""cross_site""#, "{accept}");
    }
    let answer = ask("/account", "*/*").await;
    assert_eq!(answer.body, "That access token is not valid.");
}

#[tokio::test]
async fn without_a_token_or_cookie_the_visitor_is_a_guest() {
    let site = site().await;
    let mut guest = site.visitor();
    assert!(guest.is_guest().await);
    assert_eq!(
        guest.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_token_takes_precedence_over_every_cookie() {
    let site = site().await;
    let (mut browser, script) = ada_and_script(&site).await;
    let mut grace = site.visitor();
    grace.sign_up("Grace").await;
    browser.log_out().await;
    browser.log_in_remembered("Grace").await;
    assert_eq!(browser.name().await.as_deref(), Some("Grace"));

    browser.token.clone_from(&script.token);
    assert_eq!(browser.name().await.as_deref(), Some("Ada"));
    browser.cookies.insert(SESSION.into(), "garbage".into());
    browser.cookies.insert(REMEMBER.into(), "garbage".into());
    assert_eq!(browser.name().await.as_deref(), Some("Ada"));

    browser.token = Some("lk_unknown".into());
    assert_refused(&browser.visit("/account").await);
}

#[tokio::test]
async fn an_invalid_token_is_401_and_does_not_change_the_cookies() {
    let site = site().await;
    let (mut ada, _) = ada_and_script(&site).await;
    ada.token = Some("lk_unknown".into());
    assert_refused(&ada.visit("/account").await);
    assert_refused(&ada.ask("/api/account").await);
    ada.token = None;
    assert!(!ada.is_guest().await);
}

#[tokio::test]
async fn authenticating_with_a_token_emits_one_event() {
    let site = site().await;
    let (_, mut script) = ada_and_script(&site).await;
    site.events();
    script.visit("/account").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserLoadedFromRequest]
    );
    script.token = Some("lk_unknown".into());
    script.visit("/account").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::TokenRefused]
    );
}

#[tokio::test]
async fn a_token_is_never_fresh_and_cannot_create_tokens() {
    let site = site().await;
    let (_, mut script) = ada_and_script(&site).await;
    let answer = script.ask("/account/delete").await;
    assert_eq!(answer.body, r#""fresh_login_required""#);
    for path in ["/api/create_token", "/api/delete_account"] {
        let answer = script
            .call(path, &[("token_name", "x"), ("days", "1")])
            .await;
        assert_eq!(answer.body, r#""fresh_login_required""#, "{path}");
    }
    let password = crate::support::visitor::password("Ada");
    let answer = script
        .call("/api/confirm", &[("current_password", &password)])
        .await;
    assert_eq!(
        answer.body, r#""login_required""#,
        "there is no session to confirm"
    );
    assert_eq!(answer.cookies().len(), 0);
}

#[tokio::test]
async fn a_request_with_a_token_cannot_log_in_or_out() {
    let site = site().await;
    let (mut ada, script) = ada_and_script(&site).await;
    let mut both = ada.clone();
    both.token.clone_from(&script.token);
    let answer = both.log_in("Ada").await;
    assert_eq!(answer.cookies().len(), 0);
    let answer = both.log_out().await;
    assert_eq!(answer.cookies().len(), 0);
    let result = site
        .within(&mut both, |session| async move {
            let user = session.load().await.unwrap().unwrap().account;
            session.login_user(&user, LoginOptions::default()).await
        })
        .await;
    assert_eq!(result, Err(AuthError::BadRequest));
    assert!(!ada.is_guest().await);
}

#[tokio::test]
async fn a_token_cannot_change_the_password_even_with_the_right_one() {
    let site = site().await;
    let (mut ada, mut script) = ada_and_script(&site).await;
    let password = crate::support::visitor::password("Ada");
    let fields = [
        ("current_password", &*password),
        ("password", "a brand new long password"),
    ];
    let answer = script.call("/api/password", &fields).await;
    assert_eq!(answer.body, r#""login_required""#);
    for guess in [&*password, "not this one"] {
        let answer = script
            .call("/api/confirm", &[("current_password", guess)])
            .await;
        assert_eq!(
            answer.body, r#""login_required""#,
            "the response does not reveal whether the password is right"
        );
    }
    assert!(!ada.is_guest().await);
    site.visitor().log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn other_authorization_schemes_are_ignored_and_two_tokens_are_refused() {
    let site = site().await;
    let (ada, script) = ada_and_script(&site).await;
    let cookie = format!("{SESSION}={}", ada.session_cookie());
    let token = script.token.unwrap();
    let ask = |authorization: Vec<String>| {
        let mut request = Request::get("/api/account").header(header::COOKIE, &cookie);
        for value in authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        send(&site.router, request.body(Body::empty()).unwrap())
    };
    let status = async |authorization: Vec<String>| ask(authorization).await.status;
    assert_eq!(status(vec!["Basic YTpi".into()]).await, StatusCode::OK);
    assert_eq!(
        status(vec![format!("bearer {token}")]).await,
        StatusCode::OK
    );
    assert_eq!(
        status(vec![format!("Bearer  {token} ")]).await,
        StatusCode::OK
    );
    assert_eq!(
        status(vec!["Bearer".into()]).await,
        StatusCode::UNAUTHORIZED
    );
    let twice = vec![format!("Bearer {token}"); 2];
    assert_eq!(status(twice).await, StatusCode::UNAUTHORIZED);
}
