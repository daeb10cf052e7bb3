//! Lazy: counted in queries, as the database driver reports them.

use std::sync::Arc;
use std::time::Duration;

use app::auth::UserLoader;
use axum::http::StatusCode;

use crate::support::site::site;

#[tokio::test]
async fn a_page_that_asks_nobody_costs_no_query_with_the_best_of_cookies() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let (queries, page) = site.queries(ada.visit("/how-it-works")).await;
    page.shows("The query");
    assert_eq!(queries, 0);
    assert!(!page.body.contains("Ada"));
    assert!(!page.headers.contains_key("vary") && !page.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn no_page_costs_a_query_without_a_cookie() {
    let site = site().await;
    for path in [
        "/",
        "/login",
        "/signup",
        "/account",
        "/how-it-works",
        "/no/such/page",
    ] {
        let mut guest = site.visitor();
        let (queries, _) = site.queries(guest.visit(path)).await;
        assert_eq!(queries, 0, "{path}");
    }
    let mut guest = site.visitor();
    let (queries, answer) = site.queries(guest.ask("/api/current_user")).await;
    assert_eq!(
        (queries, &*answer.body),
        (0, r#"{"guest":{"name":"Guest"}}"#)
    );
}

#[tokio::test]
async fn the_navigation_the_page_and_the_guard_share_one_query() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in [
        "/account",
        "/account/delete",
        "/confirm",
        "/",
        "/login",
        "/signup",
        "/no/such/page",
    ] {
        let (queries, page) = site.queries(ada.visit(path)).await;
        assert_eq!(queries, 1, "{path}");
        assert!(
            page.status == StatusCode::SEE_OTHER || page.body.contains("Ada"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_server_function_that_requires_a_login_costs_one_query() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let (queries, answer) = site.queries(ada.ask("/api/account")).await;
    assert_eq!((queries, answer.status), (1, StatusCode::OK));
    let (queries, answer) = site.queries(ada.ask("/api/current_user")).await;
    assert_eq!(
        (queries, &answer.json()["user"]["name"]),
        (1, &"Ada".into())
    );
}

#[tokio::test]
async fn the_page_carries_the_answer_to_the_browser_once_and_nothing_secret_with_it() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let page = ada.visit("/account").await;
    let resolved: Vec<&str> = page.body.matches(r#"{\"Ok\":{\"user\":"#).collect();
    assert_eq!(resolved.len(), 1);
    assert!(!page.body.contains("argon2") && !page.body.contains(ada.session_cookie()));
}

#[tokio::test]
async fn an_answer_that_depends_on_who_is_there_is_kept_out_of_caches() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in [
        "/",
        "/account",
        "/login",
        "/no/such/page",
        "/api/account",
        "/api/current_user",
    ] {
        let answer = ada.visit(path).await;
        assert_eq!(
            answer.headers["cache-control"], "private, no-store",
            "{path}"
        );
        assert_eq!(answer.headers["vary"], "cookie", "{path}");
    }
}

/// ASVS 14.2.5: a cache that goes by the end of an address takes these for files.
#[tokio::test]
async fn a_page_under_the_address_of_a_file_is_not_shown_and_nothing_of_it_is_kept() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in ["/account", "/api/account"] {
        ada.visit(path).await.shows("remembered");
    }
    for path in [
        "/account/x.css",
        "/account/x.js",
        "/account.css",
        "/account;x.css",
        "/account%2fx.css",
        "/account%3bx.css",
        "/account%3fx.css",
        "/account%23x.css",
        "/account%00x.css",
        "/account/..%2fx.css",
        "/pkg/..%2faccount",
        "/x.css/..%2faccount",
        "/x.css/../account",
        "/api/account/x.css",
        "/api/account;x.css",
        "/api/account%2fx.css",
    ] {
        let answer = ada.visit(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("remembered"), "{path}");
        let kept = &answer.headers["cache-control"];
        let is_hers = answer.body.contains("Ada");
        assert!(
            kept == "private, no-store" || kept == "no-cache" && !is_hers,
            "{path}: {kept:?}"
        );
    }
}

#[tokio::test]
async fn last_seen_is_written_now_and_then_and_not_with_every_page() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.pass(Duration::from_secs(299));
    assert_eq!(site.queries(ada.visit("/")).await.0, 1);
    site.pass(Duration::from_secs(1));
    assert_eq!(site.queries(ada.visit("/")).await.0, 2);
    assert_eq!(site.queries(ada.visit("/")).await.0, 1);
}

/// C61, C62, C73.
#[tokio::test]
async fn a_deleted_user_is_a_guest_and_so_is_whoever_signs_up_after() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let delete = sqlx::query("DELETE FROM users")
        .execute(&site.database.pool)
        .await;
    assert_eq!(delete.unwrap().rows_affected(), 1);
    assert!(
        site.rows("sessions").await.is_empty(),
        "the sessions went with the user"
    );

    site.visitor().sign_up("Ada").await;
    assert!(ada.is_guest().await);
}

/// R4.
#[tokio::test]
async fn a_session_that_ended_meanwhile_is_not_revived_by_being_seen() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let row = site.rows("sessions").await.remove(0);
    let id = row
        .strip_prefix("id=")
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    ada.log_out().await;
    site.users
        .touch_session(&id, 1_700_000_000, 1_800_000_000)
        .await
        .unwrap();
    assert!(site.rows("sessions").await.is_empty());
}

/// D11.
#[tokio::test]
async fn a_user_is_known_also_when_that_cannot_be_written_down() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.pass(Duration::from_hours(1));
    // No second session may have been seen at this moment: Ada's cannot be written.
    site.user("Grace").await;
    sqlx::query("CREATE UNIQUE INDEX one_at_a_time ON sessions (seen_at)")
        .execute(&site.database.pool)
        .await
        .unwrap();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_request_leaves_nothing_behind_in_memory() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in [
        "/",
        "/account",
        "/login",
        "/how-it-works",
        "/no/such/page",
        "/api/account",
    ] {
        ada.visit(path).await;
        site.visitor().visit(path).await;
    }
    // Every session of a request holds the login manager, and that holds the clock.
    let clock = Arc::clone(&site.clock);
    drop((site, ada));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(Arc::strong_count(&clock), 1);
}
