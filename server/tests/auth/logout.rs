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

/// What the readme tells whoever restores a backup to run.
fn after_a_restore() -> &'static str {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("After a restore run").expect("that part");
    let (_, rest) = rest.split_once('`').expect("statements");
    rest.split_once('`').expect("their end").0
}

/// C79: a log in that has ended comes back with a backup of before, and goes with what the readme says to run then.
#[tokio::test]
async fn a_backup_brings_no_log_in_back_for_good() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut thief = ada.clone();
    let mut late_thief = ada.clone();
    late_thief.close_browser();
    let run = async |statements: &'static str| {
        for statement in statements
            .split(';')
            .map(str::trim)
            .filter(|one| !one.is_empty())
        {
            sqlx::query(statement)
                .execute(&site.database.pool)
                .await
                .unwrap();
        }
    };
    run(
        "CREATE TABLE a AS SELECT * FROM remembered; CREATE TABLE b AS SELECT * FROM sessions; \
         CREATE TABLE c AS SELECT * FROM access_tokens",
    )
    .await;
    ada.log_out().await;
    run("DELETE FROM access_tokens").await;
    assert!(thief.is_guest().await);
    run(
        "INSERT INTO remembered SELECT * FROM a; INSERT INTO sessions SELECT * FROM b; \
         INSERT INTO access_tokens SELECT * FROM c",
    )
    .await;
    assert!(!thief.is_guest().await, "so there is something to do");
    assert_eq!(script.ask("/api/account").await.status, StatusCode::OK);

    run(after_a_restore()).await;
    assert!(thief.is_guest().await && late_thief.is_guest().await);
    assert_eq!(
        script.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    ada.log_in("Ada").await.leads_to("/");
}
