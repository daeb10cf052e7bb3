use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::site::site;
use crate::visitor::send;

#[tokio::test]
async fn a_logout_ends_the_session_on_the_server_and_takes_the_cookie_back() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let answer = ada.log_out().await;
    answer.leads_to("/");
    let removal = &answer.cookies()[0];
    assert_eq!(
        removal.to_string(),
        "session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
    );
    assert!(site.rows("sessions").await.is_empty());
}

/// C67.
#[tokio::test]
async fn a_cookie_copied_before_the_logout_opens_nothing_after_it() {
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
    assert_eq!(
        thief.ask("/api/current_user").await.body,
        r#"{"guest":{"name":"Guest"}}"#
    );
}

#[tokio::test]
async fn a_call_logs_out_too() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let answer = ada.call("/api/logout", &[]).await;
    assert_eq!(
        (answer.status, &*answer.body, answer.location()),
        (StatusCode::OK, r#"{"guest":{"name":"Guest"}}"#, None)
    );
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn a_guest_may_log_out_and_nothing_happens() {
    let site = site().await;
    let (queries, answer) = {
        let mut guest = site.visitor();
        site.queries(async move { guest.log_out().await }).await
    };
    answer.leads_to("/");
    assert!(answer.cookies().is_empty());
    assert_eq!(queries, 0);
}

/// S14, X20.
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
