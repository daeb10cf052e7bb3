//! Methods and paths: a server function answers only at its own path and method.

use app::auth::guards::access::entry;
use app::pages::requests::HEADERS;
use app::security::app_headers::Header;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;

use super::forms::{FORM, post, rows_of};
use crate::support::site::site;
use crate::support::visitor::send;

/// Whether the app opens the path to scripts of other origins, so that a preflight request is answered.
fn has_cors(path: &str) -> bool {
    let headers = entry(HEADERS, path).copied().unwrap_or_default();
    headers
        .iter()
        .any(|header| matches!(header, Header::Cors(_)))
}

/// For every function, with a valid cookie and with headers that claim another method.
#[tokio::test]
async fn a_function_answers_only_to_its_own_method() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let before = rows_of(&site).await;
    for (path, its) in server_fn_paths() {
        for method in [
            "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO", "get",
            "Post",
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let preflight = method == Method::OPTIONS && has_cors(path);
            if method == its || its == Method::GET && method == Method::HEAD || preflight {
                continue;
            }
            for (name, value) in [
                ("x-http-method-override", "POST"),
                ("x-method-override", "POST"),
                ("sec-purpose", "prefetch"),
                ("purpose", "prefetch"),
                ("access-control-request-method", "POST"),
            ] {
                let request = Request::builder()
                    .method(&method)
                    .uri(format!("{path}?_method=POST"))
                    .header(name, value)
                    .header(header::CONTENT_TYPE, FORM)
                    .body(Body::from("_method=POST"));
                let answer = ada.exchange(request.unwrap()).await;
                assert_eq!(
                    answer.status,
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{method} {path}"
                );
                assert!(
                    answer.headers.contains_key(header::ALLOW),
                    "{method} {path}"
                );
                assert!(!answer.headers.contains_key("access-control-allow-origin"));
                assert!(answer.cookies().is_empty(), "{method} {path}");
            }
        }
    }
    assert_eq!(rows_of(&site).await, before);
    assert!(!ada.is_guest().await);
}

#[tokio::test]
async fn another_spelling_of_a_functions_path_is_not_found() {
    let site = site().await;
    let long = format!("/api/login/{}", "x".repeat(60 * 1024));
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/login/",
        "/api/login/x",
        "/api/Login",
        "/API/LOGIN",
        "//api/login",
        "/api//login",
        "/api/login%2f",
        "/api/%6cogin",
        "/api/./login",
        "/api/login;x=1",
        "/api/login%00",
        "/api/login%20",
        "/api/../api/login",
        "/api%2flogin",
        "/x/api/login",
        "/login/api/login",
        "/api/login.json",
        "/api/login*",
        "/api/*unknown",
        &long,
    ] {
        let answer = post(
            &site,
            path,
            "*/*",
            Some(FORM),
            "email=a@example.com&password=x",
        )
        .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path:.40}");
        assert!(answer.cookies().is_empty(), "{path:.40}");
        // The cross-site check applies to these paths, too.
        let request = Request::post(path)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty());
        let answer = send(&site.router, request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path:.40}");
    }
    // The query is not part of the path, and its fields are not those of the form.
    let query = "/api/login?email=a@example.com&password=x&remember=on";
    let answer = post(&site, query, "*/*", Some(FORM), "").await;
    assert_eq!(answer.body, r#""invalid_email""#);
}

#[tokio::test]
async fn connect_is_a_bad_request() {
    let site = site().await;
    let request = Request::connect("example.com:443")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        send(&site.router, request).await.status,
        StatusCode::BAD_REQUEST
    );
}
