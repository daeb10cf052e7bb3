//! Ambiguous requests, which a proxy or the renderer could read differently, are refused (request smuggling).

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::refusal::RefusalPage;
use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, HTML, send};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(site: &Site, path: &str, body: &str) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, FORM);
    let request = request.body(Body::from(body.to_owned())).unwrap();
    send(&site.router, request).await
}

/// The router takes dot segments for names, but the renderer would resolve them.
#[tokio::test]
async fn a_path_with_dot_segments_does_not_bypass_the_guard() {
    let site = site().await;
    let mut stale = site.stale_user("Ada").await;
    for path in [
        "/account/delete/.",
        "/account/delete/%2e",
        "/account/x/../delete",
        "/account/x/%2E%2e/delete",
        "/account/delete/x/..",
        "/./account/delete",
        "/../account",
        "/./login",
        "/./",
    ] {
        let answer = stale.visit(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            RefusalPage::of(&answer).heading,
            "Page not found.",
            "{path}"
        );
    }
    let named = stale.visit("/account/...").await;
    assert_eq!(named.status, StatusCode::NOT_FOUND);
    assert!(
        named.body.contains("</html>"),
        "three dots are an ordinary name"
    );
}

/// No file has such a long name, and opening one is an error of the file system.
#[tokio::test]
async fn an_overlong_path_is_not_found() {
    let site = site().await;
    std::fs::write(site.files().join("pkg/app.js"), "1").unwrap();
    for (path, rendered) in [
        (format!("/{}", "x".repeat(255)), true),
        (format!("/{}", "x".repeat(256)), false),
        (format!("/{}", "%78".repeat(256)), false),
        (format!("/pkg/{}", "x".repeat(256)), false),
        (format!("/{}", "x/".repeat(1000)), true),
        ("/x".repeat(2048), false),
        (format!("/api/{}", "x".repeat(60 * 1024)), false),
    ] {
        for method in ["GET", "HEAD"] {
            let request = Request::builder().method(method).uri(&path);
            let request = request.header(header::ACCEPT, HTML);
            let answer = send(&site.router, request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path:.20}");
            let app = answer.body.contains("<script");
            assert_eq!(app, rendered && method == "GET", "{path:.20}");
            assert_eq!(answer.body.is_empty(), method == "HEAD", "{path:.20}");
        }
    }
    let errors = site.log.lines();
    let errors: Vec<_> = errors
        .iter()
        .filter(|line| line.contains("ERROR"))
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[tokio::test]
async fn a_compressed_transfer_encoding_is_refused() {
    let site = site().await;
    for (codings, status) in [
        (&["chunked"][..], StatusCode::UNPROCESSABLE_ENTITY),
        (&["Chunked"], StatusCode::UNPROCESSABLE_ENTITY),
        (&["gzip, chunked"], StatusCode::BAD_REQUEST),
        (&["chunked, chunked"], StatusCode::BAD_REQUEST),
        (&["gzip", "chunked"], StatusCode::BAD_REQUEST),
        (&["identity"], StatusCode::BAD_REQUEST),
    ] {
        let mut request = Request::post("/api/login").header(header::CONTENT_TYPE, FORM);
        for coding in codings {
            request = request.header(header::TRANSFER_ENCODING, *coding);
        }
        let request = request.body(Body::from("email=a%40b.test")).unwrap();
        let answer = send(&site.router, request).await;
        assert_eq!(answer.status, status, "{codings:?}");
    }
}

/// A decoder would read each of these as the same replacement character, so two passwords would be equal.
#[tokio::test]
async fn a_form_that_is_not_utf_8_is_refused() {
    let site = site().await;
    for bytes in [
        "%ff",
        "%fe",
        "%c0%80",
        "%ed%a0%80",
        "%F8%88%80%80%80",
        "%e2%82",
    ] {
        for body in [
            format!("name=Ada&email=ada%40example.com&password=long+enough+words+here{bytes}"),
            format!("name=A{bytes}da&email=ada%40example.com&password=long+enough+words+here"),
            format!("name=Ada&email=ada%40example.com&password=long+enough+words+here&{bytes}=x"),
        ] {
            let answer = post(&site, "/api/signup", &body).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert_eq!(answer.body, r#""bad_request""#);
        }
    }
    assert_eq!(site.rows("users").await.len(), 0);
    let body = "name=Zo%c3%ab&email=ada%40example.com&password=long+enough+w%c3%b6rds+here";
    assert_eq!(
        post(&site, "/api/signup", body).await.status,
        StatusCode::OK
    );
}

/// Neither the first nor the last value is used.
#[tokio::test]
async fn a_repeated_field_is_refused_even_if_one_value_is_right() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let right = "battery-staple-marker+of+Ada";
    for passwords in [
        format!("password={right}&password=x"),
        format!("password=x&password={right}"),
        format!("password={right}&password={right}"),
    ] {
        let body = format!("email=ada%40example.com&{passwords}");
        let answer = post(&site, "/api/login", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{passwords}");
    }
    let body = format!("email=ada%40example.com&password={right}");
    assert_eq!(
        post(&site, "/api/login", &body).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn two_content_types_are_refused() {
    let site = site().await;
    let request = Request::post("/api/login")
        .header(header::CONTENT_TYPE, FORM)
        .header(header::CONTENT_TYPE, "text/plain");
    let request = request.body(Body::from("email=a%40b.test")).unwrap();
    let answer = send(&site.router, request).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
