use app::auth::EventKind;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::support::site::site;
use crate::support::visitor::{REMEMBER, SESSION, send};

#[tokio::test]
async fn a_logout_ends_the_session_on_the_server_and_removes_the_cookie() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let answer = ada.log_out().await;
    answer.leads_to("/");
    let removal = answer.cookie(SESSION);
    assert_eq!(
        removal.to_string(),
        format!("{SESSION}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0")
    );
    assert!(site.rows("sessions").await.is_empty());
}

#[tokio::test]
async fn a_cookie_copied_before_the_logout_is_invalid_after_it() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut thief = ada.clone();
    assert!(!thief.is_guest().await);
    ada.log_out().await;

    thief
        .visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
    assert!(thief.is_guest().await);
    assert_eq!(
        thief.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    thief.who_am_i().await.is_for_a_guest();
}

#[tokio::test]
async fn a_logout_call_logs_out_too() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let answer = ada.call("/api/logout", &[]).await;
    answer.is_for_a_guest();
    assert_eq!(answer.location(), None);
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn a_logout_of_a_guest_changes_nothing() {
    let site = site().await;
    let (queries, answer) = {
        let mut guest = site.visitor();
        site.queries(async move { guest.log_out().await }).await
    };
    answer.leads_to("/");
    assert!(answer.cookies().is_empty());
    assert_eq!(queries, 0);
}

#[tokio::test]
async fn only_a_post_logs_out() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
    ] {
        let request = Request::builder()
            .method(&method)
            .uri("/api/logout")
            .body(Body::empty());
        let answer = ada.exchange(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    assert!(!ada.is_guest().await);
    let request = Request::get("/logout").body(Body::empty()).unwrap();
    assert_eq!(
        send(&site.router, request).await.status,
        StatusCode::NOT_FOUND
    );
}

/// Cookies of two sessions are ambiguous, and the logout ends both sessions.
#[tokio::test]
async fn cookies_of_two_sessions_make_a_guest_and_a_logout_ends_both() {
    let site = site().await;
    let (ada, grace) = (site.user("Ada").await, site.user("Grace").await);
    let both = |form: bool| {
        let request = if form {
            Request::post("/api/logout")
        } else {
            Request::get("/account")
        };
        let (one, two) = (ada.session_cookie(), grace.session_cookie());
        request
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", format!("{SESSION}={one}; {SESSION}={two}"))
            .body(Body::empty())
            .unwrap()
    };
    site.events();
    let page = send(&site.router, both(false)).await;
    page.leads_to("/login?next=%2Faccount");
    assert!(site.events().contains(&EventKind::CookieTampered));
    let out = send(&site.router, both(true)).await;
    out.leads_to("/");
    assert_eq!(out.cookie(SESSION).value(), "");
    assert_eq!(site.rows("sessions").await.len(), 0);
}

/// The remember cookie is ignored, too: it would begin another session under the same cookie name.
#[tokio::test]
async fn with_two_session_cookies_the_remember_cookie_is_ignored() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let remember = ada.remember_cookie().unwrap();
    let cookies = format!(
        "{SESSION}={}; {SESSION}=x; {REMEMBER}={remember}",
        ada.session_cookie()
    );
    let request = Request::get("/api/current_user").header("cookie", cookies);
    let answer = send(&site.router, request.body(Body::empty()).unwrap()).await;
    answer.is_for_a_guest();
    assert_eq!(answer.cookies().len(), 0);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}
