//! The current user is loaded lazily: these tests count the queries that the database driver reports.

use std::sync::Arc;
use std::time::Duration;

use app::auth::{AuthSession, CurrentUser, EventKind};
use app::erased::{IntoErased, awaited, reactive_text};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use leptos::prelude::*;

use crate::support::pages::{ASKING, QUIET, SILENCE, pages, showing};
use crate::support::site::site;
use crate::support::visitor::{CURRENT_USER, REMEMBER, SESSION, email, together};

#[tokio::test]
async fn a_page_that_does_not_use_the_user_runs_no_query_even_with_valid_cookies() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let pages = pages(&site);
    let (queries, page) = site.queries(ada.exchange_with(&pages, QUIET)).await;
    page.shows(SILENCE);
    assert_eq!(queries, 0);
    assert!(!page.body.contains("ada@example.com"));
    assert!(!page.headers.contains_key("vary") && !page.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn no_page_runs_a_query_without_a_cookie() {
    let site = site().await;
    for path in ["/login", "/signup", "/account"] {
        let mut guest = site.visitor();
        let (queries, _) = site.queries(guest.visit(path)).await;
        assert_eq!(queries, 0, "{path}");
    }
    let pages = pages(&site);
    for (path, text) in [(QUIET, SILENCE), (ASKING, "A guest")] {
        let mut guest = site.visitor();
        let (queries, page) = site.queries(guest.exchange_with(&pages, path)).await;
        page.shows(text);
        assert_eq!(queries, 0, "{path}");
    }
    let mut guest = site.visitor();
    let (queries, answer) = site.queries(guest.who_am_i()).await;
    assert_eq!((queries, answer.user()), (0, None));
}

#[tokio::test]
async fn the_navigation_the_page_and_the_guard_share_one_query() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in ["/account", "/account/delete", "/confirm"] {
        let (queries, page) = site.queries(ada.visit(path)).await;
        page.is_page_of("Ada");
        assert_eq!(queries, 1, "{path}");
    }
    for path in ["/login", "/signup"] {
        let (queries, page) = site.queries(ada.visit(path)).await;
        page.leads_to("/");
        assert_eq!(queries, 1, "{path}");
    }
    let pages = pages(&site);
    let (queries, page) = site.queries(ada.exchange_with(&pages, ASKING)).await;
    page.is_page_of("Ada");
    assert_eq!(page.body.matches("<p>ada@example.com").count(), 3);
    assert_eq!(queries, 1);
}

#[tokio::test]
async fn a_server_function_that_requires_a_login_runs_one_query() {
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
async fn the_page_contains_the_user_once_and_no_secret() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let page = ada.visit("/account").await;
    let resolved: Vec<&str> = page.body.matches(r#""{\"user\":"#).collect();
    assert_eq!(resolved.len(), 1);
    assert!(!page.body.contains("argon2") && !page.body.contains(ada.session_cookie()));
}

#[tokio::test]
async fn a_response_that_depends_on_the_user_is_not_cached() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in ["/account", "/login", "/api/account", "/api/current_user"] {
        let answer = ada.visit(path).await;
        assert_eq!(
            answer.headers["cache-control"], "private, no-store",
            "{path}"
        );
        assert_eq!(answer.headers["vary"], "cookie", "{path}");
    }
}

/// ASVS 14.2.5: caches that look at the end of the path would take these pages for static files.
#[tokio::test]
async fn a_page_requested_as_a_static_file_is_404_and_not_cached() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.create_token("confidential").await;
    for path in ["/account/tokens", "/api/access_tokens"] {
        ada.visit(path).await.shows("confidential");
    }
    for path in [
        "/account/tokens/x.css",
        "/account/tokens/x.js",
        "/account/tokens.css",
        "/account/tokens;x.css",
        "/account/tokens%2fx.css",
        "/account/tokens%3bx.css",
        "/account/tokens%3fx.css",
        "/account/tokens%23x.css",
        "/account/tokens%00x.css",
        "/account/tokens/..%2fx.css",
        "/pkg/..%2faccount/tokens",
        "/x.css/..%2faccount/tokens",
        "/x.css/../account/tokens",
        "/api/access_tokens/x.css",
        "/api/access_tokens;x.css",
        "/api/access_tokens%2fx.css",
    ] {
        let answer = ada.visit(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.body.contains("confidential"), "{path}");
        let kept = &answer.headers["cache-control"];
        let is_hers = answer.body.contains("ada@example.com");
        assert!(
            kept == "private, no-store" || kept == "no-cache" && !is_hers,
            "{path}: {kept:?}"
        );
    }
}

#[tokio::test]
async fn last_seen_is_written_at_most_every_five_minutes() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.pass(Duration::from_secs(299));
    assert_eq!(site.queries(ada.who_am_i()).await.0, 1);
    site.pass(Duration::from_secs(1));
    assert_eq!(site.queries(ada.who_am_i()).await.0, 2);
    assert_eq!(site.queries(ada.who_am_i()).await.0, 1);
}

#[tokio::test]
async fn a_cookie_of_a_deleted_user_makes_a_guest_even_after_a_new_sign_up() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let delete = sqlx::query("DELETE FROM users")
        .execute(&site.database.pool)
        .await;
    assert_eq!(delete.unwrap().rows_affected(), 1);
    assert!(
        site.rows("sessions").await.is_empty(),
        "the sessions were deleted with the user"
    );

    site.visitor().sign_up("Ada").await;
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn updating_last_seen_does_not_revive_an_ended_session() {
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
    site.touch_session(&id, 1_700_000_000, 1_800_000_000).await;
    assert!(site.rows("sessions").await.is_empty());
}

#[tokio::test]
async fn the_user_is_loaded_even_if_last_seen_cannot_be_written() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.pass(Duration::from_hours(1));
    // The index forbids two sessions with the same `seen_at`, so the update of Ada's session fails.
    site.user("Grace").await;
    sqlx::query("CREATE UNIQUE INDEX one_at_a_time ON sessions (seen_at)")
        .execute(&site.database.pool)
        .await
        .unwrap();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_request_leaks_no_memory() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in ["/", "/account", "/login", "/no/such/page", "/api/account"] {
        ada.visit(path).await;
        site.visitor().visit(path).await;
    }
    // Each `AuthSession` holds the login manager, which holds the clock.
    let clock = Arc::clone(&site.clock);
    drop((site, ada));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(Arc::strong_count(&clock), 1);
}

#[tokio::test]
async fn a_static_file_does_not_load_the_user() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    std::fs::write(site.files().join("robots.txt"), "User-agent: *").unwrap();
    site.events();
    let (queries, answer) = site.queries(ada.visit("/robots.txt")).await;
    assert_eq!(
        (queries, answer.status, site.events()),
        (0, StatusCode::OK, vec![])
    );
}

#[tokio::test]
async fn user_accessed_is_emitted_once_per_request_and_only_if_the_user_is_used() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    let pages = pages(&site);
    ada.exchange_with(&pages, QUIET).await.shows(SILENCE);
    assert_eq!(site.events(), []);
    ada.exchange_with(&pages, ASKING).await.is_page_of("Ada");
    assert_eq!(site.events(), [EventKind::UserAccessed]);
    for path in ["/account", "/account/tokens"] {
        ada.visit(path).await;
        assert_eq!(site.events(), [EventKind::UserAccessed], "{path}");
    }
}

#[tokio::test]
async fn a_guest_who_only_opens_pages_gets_no_cookie_and_no_row() {
    let site = site().await;
    for path in ["/login", "/signup", "/account", CURRENT_USER] {
        let answer = site.visitor().visit(path).await;
        assert_eq!(answer.cookies().len(), 0, "{path}");
    }
    for path in [QUIET, ASKING] {
        let answer = site.visitor().exchange_with(&pages(&site), path).await;
        assert_eq!(answer.cookies().len(), 0, "{path}");
    }
    assert_eq!(site.rows("sessions").await.len(), 0);
}

#[tokio::test]
async fn only_a_response_that_used_the_user_is_kept_out_of_shared_caches() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    std::fs::write(site.files().join("robots.txt"), "User-agent: *").unwrap();
    let pages = pages(&site);
    for (path, asked) in [
        ("/robots.txt", false),
        (QUIET, false),
        (ASKING, true),
        ("/account", true),
        ("/login", true),
        ("/api/current_user", true),
    ] {
        let mut guest = site.visitor();
        for visitor in [&mut ada, &mut guest] {
            let answer = if [QUIET, ASKING].contains(&path) {
                visitor.exchange_with(&pages, path).await
            } else {
                visitor.visit(path).await
            };
            let vary = answer.headers.get("vary");
            assert_eq!(vary.is_some_and(|vary| vary == "cookie"), asked, "{path}");
            let private = answer
                .headers
                .get("cache-control")
                .is_some_and(|value| value.to_str().unwrap().contains("private"));
            assert_eq!(private, asked, "{path}");
        }
    }
}

/// HEAD is answered like GET as far as that is possible without loading the user.
#[tokio::test]
async fn head_loads_no_user_and_writes_nothing() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let mut closed = ada.clone();
    closed.close_browser();
    let mut guest = site.visitor();
    site.pass(std::time::Duration::from_hours(1));
    site.events();
    for path in [
        "/",
        "/account",
        "/account/delete",
        "/login",
        "/no/such/page",
        "/api/current_user",
    ] {
        for visitor in [&mut ada, &mut closed, &mut guest] {
            let request = Request::builder().method(Method::HEAD).uri(path);
            let request = request.body(Body::empty()).unwrap();
            let (queries, answer) = site.queries(visitor.exchange(request)).await;
            assert_eq!((queries, &*answer.body), (0, ""), "{path}");
            assert_eq!(answer.cookies().len(), 0, "{path}");
            let mut vary = answer.headers.get_all("vary").iter();
            assert!(vary.all(|name| name == "accept-language"), "{path}");
        }
        assert!(!site.events().contains(&EventKind::UserAccessed));
    }
    let head = |path| Request::head(path).body(Body::empty()).unwrap();
    guest
        .exchange(head("/account"))
        .await
        .leads_to("/login?next=%2Faccount");
    // Either cookie may belong to a user.
    for cookie in [SESSION, REMEMBER] {
        let mut one = ada.clone();
        one.cookies.retain(|name, _| name == cookie);
        let answer = one.exchange(head("/account")).await;
        assert_eq!(answer.status, StatusCode::OK, "{cookie}");
    }
    assert_eq!(
        ada.exchange(head("/no/page")).await.status,
        StatusCode::NOT_FOUND
    );
}

/// What is shown after a wait is rendered by any thread, between pages of other visitors.
#[tokio::test]
async fn what_is_shown_after_a_wait_belongs_to_its_own_visitor() {
    let site = site().await;
    let late = showing(&site, Late);
    let mut visits = Vec::new();
    for name in ["Ada", "Grace", "Joan"] {
        let mut visitor = site.user(name).await;
        let late = late.clone();
        visits.push(async move { (name, visitor.exchange_with(&late, "/").await) });
    }
    for (name, page) in together(visits).await {
        page.shows(&format!("Late for {}", email(name)));
    }
}

/// A view that finds its visitor while it is rendered, after the pages of all visitors have begun.
#[component]
fn Late() -> impl IntoView {
    awaited(async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        view! { <p>{|| view! { <Visitor/> }}</p> }.erased()
    })
}

#[component]
fn Visitor() -> impl IntoView {
    let auth: AuthSession = expect_context();
    awaited(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let CurrentUser::User(user) = auth.load_user().await.unwrap() else {
            panic!("a guest");
        };
        let text = reactive_text(move || Some(format!("Late for {}", user.email)));
        view! { {text} }.erased()
    })
}
