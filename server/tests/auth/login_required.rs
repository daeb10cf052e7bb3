use app::auth::access;
use app::auth::guards::access::entry;
use app::pages::{ACCESS, LOGIN_VIEWS};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::AxumRouteListing;
use server::ROUTES;

use crate::support::pages::{ASKING, NO_ANSWER, QUIET, SILENCE, pages};
use crate::support::site::site;
use crate::support::visitor::email;

#[tokio::test]
async fn a_guest_is_redirected_from_a_closed_page_to_the_login_page_and_back() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
    ada.visit("/login?next=%2Faccount")
        .await
        .shows(r#"name="next" value="/account""#);
    ada.log_in_to("Ada", "/account").await.leads_to("/account");
    ada.visit("/account").await.is_page_of("Ada");
}

#[tokio::test]
async fn the_query_of_the_requested_page_is_kept() {
    let site = site().await;
    let answer = site.visitor().visit("/account?tab=2&name=a%20b").await;
    answer.leads_to("/login?next=%2Faccount%3Ftab%3D2%26name%3Da%2520b");
}

#[tokio::test]
async fn head_is_answered_like_get() {
    let site = site().await;
    let request = Request::head("/account").body(Body::empty()).unwrap();
    site.visitor()
        .exchange(request)
        .await
        .leads_to("/login?next=%2Faccount");
}

/// A path that matches the route: its parameters are filled with their own names.
fn example(route: &AxumRouteListing) -> String {
    route.path().replace(['{', '}', '*'], "")
}

#[tokio::test]
async fn every_page_needs_a_login_unless_the_access_table_opens_it() {
    let site = site().await;
    let routes = &*ROUTES;
    assert!(routes.len() >= 5);
    for path in routes.iter().map(example) {
        let path = &*path;
        let answer = site.visitor().visit(path).await;
        if access(ACCESS, path).is_open_to_guests() {
            // A page with a parameter answers 404 if the example value does not exist, and the page of a link 410 without one.
            let open = [StatusCode::OK, StatusCode::NOT_FOUND, StatusCode::GONE];
            let found = open.contains(&answer.status);
            assert!(found, "{path}: {}", answer.status);
        } else {
            answer.leads_to(&LOGIN_VIEWS.url(path));
        }
    }
}

#[tokio::test]
async fn another_spelling_of_a_closed_path_does_not_show_the_page() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut guest = site.visitor();
    let form = r#"<form action="/api/password""#;
    ada.visit("/account/password").await.shows(form);
    for path in [
        "//account/password",
        "/%61ccount/password",
        "/account%2fpassword",
        "/account/password%2f",
        "/./account/password",
        "/Account/password",
        "/account/password;x",
    ] {
        let answer = guest.visit(path).await;
        assert!(
            !answer.status.is_server_error() && answer.status != StatusCode::OK,
            "{path} {}",
            answer.status
        );
        assert!(!answer.body.contains(form), "{path}");
        assert!(!ada.visit(path).await.status.is_server_error(), "{path}");
    }
}

#[tokio::test]
async fn no_http_method_bypasses_the_guard() {
    let site = site().await;
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
        Method::TRACE,
    ] {
        let request = Request::builder()
            .method(&method)
            .uri("/account")
            .body(Body::empty());
        let answer = site.visitor().exchange(request.unwrap()).await;
        let refused =
            [StatusCode::SEE_OTHER, StatusCode::METHOD_NOT_ALLOWED].contains(&answer.status);
        assert!(refused, "{method} {}", answer.status);
        assert_eq!(answer.body, "", "{method}");
    }
}

#[tokio::test]
async fn a_server_function_checks_its_caller_itself() {
    let site = site().await;
    let answer = site.visitor().ask("/api/account").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.body, r#""login_required""#);
    assert_eq!(answer.location(), None);
    let answer = site.user("Ada").await.ask("/api/account").await;
    assert_eq!(
        (answer.status, &answer.json()["name"]),
        (StatusCode::OK, &"Ada".into())
    );
}

#[tokio::test]
async fn an_unknown_page_is_404_for_guests_and_users() {
    let site = site().await;
    let guest = site.visitor().visit("/no/such/page").await;
    assert_eq!(guest.status, StatusCode::NOT_FOUND);
    assert!(guest.body.contains("</html>"));
    let user = site.user("Ada").await.visit("/no/such/page").await;
    assert_eq!(user.status, StatusCode::NOT_FOUND);
    assert!(user.body.contains("</html>"));
}

#[tokio::test]
async fn an_unavailable_database_answers_503_to_guests_and_users() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.database.pool.close().await;

    let answer = ada.visit("/account").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.contains_key("retry-after"));
    assert!(answer.cookies().is_empty(), "it logs out no user");
    let answer = ada.ask("/api/current_user").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::SERVICE_UNAVAILABLE, r#""unavailable""#)
    );
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(ada.log_in("Ada").await.location(), Some("/login"));

    let pages = pages(&site);
    let page = ada.exchange_with(&pages, ASKING).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains(NO_ANSWER), "{}", page.body);
    assert!(!page.body.contains(&email("Ada")) && !page.body.contains("A guest"));
    ada.exchange_with(&pages, QUIET).await.shows(SILENCE);
}

#[tokio::test]
async fn a_path_with_a_trailing_slash_redirects_to_the_page() {
    let site = site().await;
    for (path, address) in [
        ("/account/", "/account"),
        ("/login/?next=%2Faccount", "/login?next=%2Faccount"),
    ] {
        let answer = site.visitor().visit(path).await;
        assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(answer.location(), Some(address), "{path}");
    }
    for path in ["//evil.test/", "/%5cevil.test/", "/account//", "/nothing/"] {
        let answer = site.visitor().visit(path).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::NOT_FOUND, None),
            "{path}"
        );
    }
}

/// 400 and 415 mean that the call lacks arguments or has the wrong content type.
#[tokio::test]
async fn every_server_function_refuses_guests_and_invalid_tokens_unless_the_access_table_opens_it()
{
    let site = site().await;
    let functions: Vec<_> = server_fn_paths().collect();
    let is_open = |path: &str| {
        let named = ACCESS.iter().find(|(named, _)| *named == path);
        named.is_some_and(|(_, access)| access.is_open_to_guests())
    };
    assert!(functions.iter().any(|(path, _)| !is_open(path)));
    let (guest, mut script) = (site.visitor(), site.visitor());
    script.token = Some("lk_x".into());
    for (path, method) in functions {
        if is_open(path) {
            continue;
        }
        for caller in [&guest, &script] {
            let mut caller = caller.clone();
            let answer = if method == Method::GET {
                caller.ask(path).await
            } else {
                caller.call(path, &[]).await
            };
            assert!(
                [400, 401, 415].contains(&answer.status.as_u16()),
                "{path}: {}",
                answer.status
            );
        }
    }
}

#[test]
fn a_page_is_matched_by_its_path_or_by_a_pattern_for_its_folder() {
    let pages = [("/", ()), ("/about", ()), ("/posts/*", ())];
    for named in ["/", "/about", "/posts/1", "/posts/1/edit"] {
        assert!(entry(&pages, named).is_some(), "{named}");
    }
    for other in [
        "",
        "/about/",
        "/about/us",
        "/posts",
        "/posts/",
        "/posts2",
        "/account",
    ] {
        assert!(entry(&pages, other).is_none(), "{other}");
    }
}
