//! The bodies of requests: only url-encoded forms of a bounded size are read.

use app::auth::EventKind;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};

use super::forms::{FORM, assert_refused, post};
use crate::support::site::site;
use crate::support::visitor::{HTML, MARKER, email, encode, password, send, together};

#[tokio::test]
async fn only_url_encoded_forms_are_read() {
    let site = site().await;
    let ada = format!(
        "name=Ada&email={}&password={}",
        email("Ada"),
        password("Ada")
    );
    let long = format!("{FORM}; x={}", "y".repeat(4096));
    for kind in [
        None,
        Some("text/plain"),
        Some("application/json"),
        Some("application/xml"),
        Some("multipart/form-data; boundary=x"),
        Some("multipart/form-data"),
        Some("multipart/mixed; boundary=x"),
        Some("application/x-www-form-urlencoded, application/json"),
        Some("application/x-www-form-urlencoded; charset=utf-7"),
        Some(&long),
        Some("application/x-www-form-urlencoded; charset=utf-16"),
        Some("application/x-www-form-urlencodedx"),
        Some(""),
    ] {
        for path in ["/api/login", "/api/signup", "/api/logout"] {
            for accept in [HTML, "*/*"] {
                let answer = post(&site, path, accept, kind, ada.clone()).await;
                assert_eq!(
                    answer.status,
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "{path} {kind:?}"
                );
                assert_refused(&site, &answer, path).await;
            }
        }
    }
    for kind in [FORM, "Application/X-WWW-Form-URLencoded ; charset=UTF-8"] {
        let answer = post(&site, "/api/signup", "*/*", Some(kind), ada.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{kind}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let site = site().await;
    for size in [17 * 1024, 1024 * 1024] {
        let body = format!("email=a@example.com&password={}", "x".repeat(size));
        let answer = post(&site, "/api/login", "*/*", Some(FORM), body.clone()).await;
        assert_refused(&site, &answer, "a large body").await;
        let request = Request::post("/api/login")
            .header(header::CONTENT_TYPE, FORM)
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body));
        let answer = send(&site.router, request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_refused(&site, &answer, "a large body with its Content-Length").await;
    }
}

/// The server does not decompress bodies, so it rejects compressed ones.
#[tokio::test]
async fn a_compressed_body_is_refused() {
    let site = site().await;
    let form = encode(&[
        ("name", "Ada"),
        ("email", &email("Ada")),
        ("password", &password("Ada")),
    ]);
    let bomb = [
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".as_slice(),
        &[0; 10_000],
    ]
    .concat();
    for encoding in [
        "gzip",
        "br",
        "deflate",
        "zstd",
        "gzip, gzip",
        "identity, gzip",
        "x",
        "",
    ] {
        for body in [form.clone().into_bytes(), bomb.clone()] {
            for path in ["/api/signup", "/api/login"] {
                let request = Request::post(path)
                    .header(header::CONTENT_TYPE, FORM)
                    .header(header::CONTENT_ENCODING, encoding)
                    .body(Body::from(body.clone()));
                let answer = send(&site.router, request.unwrap()).await;
                assert_eq!(
                    answer.status,
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "{encoding}"
                );
                assert_refused(&site, &answer, encoding).await;
            }
        }
    }
    let request = Request::post("/api/signup")
        .header(header::CONTENT_TYPE, FORM)
        .header(header::CONTENT_ENCODING, "identity")
        .body(Body::from(form));
    assert_eq!(
        send(&site.router, request.unwrap()).await.status,
        StatusCode::OK
    );
}

/// Large bodies are refused before a password is hashed, even a hundred at once.
#[tokio::test]
async fn a_hundred_concurrent_large_bodies_are_all_refused() {
    let site = site().await;
    let large = format!("email=a@example.com&password={}", "x".repeat(1024 * 1024));
    let large = Bytes::from(large);
    let requests = (0..100).map(|number| {
        let mut request = Request::post("/api/login").header(header::CONTENT_TYPE, FORM);
        if number % 2 == 0 {
            request = request.header(header::CONTENT_LENGTH, large.len());
        }
        let request = request.body(Body::from(large.clone())).unwrap();
        send(&site.router, request)
    });
    for answer in together(requests.collect()).await {
        assert_refused(&site, &answer, "a large body").await;
    }
    let tried = site.events().contains(&EventKind::LoginFailed);
    assert!(!tried, "no login was attempted");
    assert!(site.log.lines().iter().all(|line| !line.contains(MARKER)));
    site.user("Ada").await;
}
