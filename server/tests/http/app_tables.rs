//! The app's tables for a path: which bodies it accepts, and the headers of its responses.

use app::auth::Access;
use app::security::app_headers::Header;
use app::security::bodies::Body as Accepted;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Request, StatusCode};
use axum::routing::{get, post};

use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, send};
use crate::support::workbench::{Tables, functions, with_policy, workbench};

const TABLES: Tables = Tables {
    access: &[
        ("/api/*", Access::Public),
        ("/map", Access::Public),
        ("/feed", Access::OtherSites),
    ],
    bodies: &[
        ("/api/json", Accepted::Json(1000)),
        ("/api/upload", Accepted::Multipart(1000)),
        ("/api/stream", Accepted::Stream(1000)),
        ("/api/long", Accepted::Form(100_000)),
    ],
    headers: &[
        (
            "/map",
            &[
                Header::Allow("img-src", "https://tiles.example.com"),
                Header::Allow("object-src", "https://objects.example.com"),
                Header::Allow("frame-src", "https://frames.example.com"),
                Header::Set("x-frame-options", "SAMEORIGIN"),
            ],
        ),
        ("/feed", &[Header::Cors(&["https://reader.example.com"])]),
    ],
};

async fn length(body: Bytes) -> String {
    body.len().to_string()
}

async fn call(site: &Site, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let router = Router::new().route("/api/{name}", post(length));
    let router = functions(site, TABLES, router);
    let request = Request::post(path).header("content-type", kind);
    send(&router, request.body(body.into()).unwrap()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_function_accepts_only_the_content_type_in_the_table() {
    let site = site().await;
    let types = [
        FORM,
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=x; =y",
        "text/plain",
    ];
    for (path, accepted) in [
        ("/api/other", &[FORM][..]),
        ("/api/long", &[FORM]),
        ("/api/json", &["application/json"]),
        ("/api/upload", &["multipart/form-data; boundary=x"]),
        ("/api/stream", &types),
    ] {
        for kind in types {
            let answer = call(&site, path, kind, "12345").await;
            if accepted.contains(&kind) {
                assert_eq!(answer.body, "5", "{path} {kind}");
            } else {
                assert_eq!(
                    (answer.status, &*answer.body),
                    (StatusCode::UNSUPPORTED_MEDIA_TYPE, r#""unsupported_type""#),
                    "{path} {kind}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_body_over_the_limit_in_the_table_is_refused() {
    let site = site().await;
    for (path, kind, limit) in [
        ("/api/other", FORM, 16 * 1024),
        ("/api/long", FORM, 100_000),
        ("/api/json", "application/json", 1000),
    ] {
        let fits = call(&site, path, kind, "x".repeat(limit)).await;
        assert_eq!(fits.body, limit.to_string(), "{path}");
        let chunks = || {
            let chunk = || Ok::<_, std::io::Error>(Bytes::from("x".repeat(500)));
            let chunks = std::iter::repeat_with(chunk).take(limit / 500 + 2);
            Body::from_stream(futures_util::stream::iter(chunks))
        };
        for body in [Body::from("x".repeat(limit + 1)), chunks()] {
            let answer = call(&site, path, kind, body).await;
            assert_eq!(
                (answer.status, &*answer.body),
                (StatusCode::PAYLOAD_TOO_LARGE, r#""too_large""#),
                "{path}"
            );
        }
    }
}

/// For an app's own handler axum has no second, smaller limit.
#[tokio::test]
async fn a_handler_reads_no_more_than_the_limit_in_the_table() {
    let site = site().await;
    let router = Router::new()
        .route("/api/{name}", post(length))
        .layer(DefaultBodyLimit::disable());
    let router = workbench(&site, TABLES, router);
    for (path, limit) in [("/api/other", 16 * 1024), ("/api/long", 100_000)] {
        for (size, status) in [
            (limit, StatusCode::OK),
            (limit + 1, StatusCode::PAYLOAD_TOO_LARGE),
        ] {
            let request = Request::post(path).body(Body::from("x".repeat(size)));
            let answer = send(&router, request.unwrap()).await;
            assert_eq!(answer.status, status, "{path} {size}");
        }
    }
}

/// A handler that streams a body reads no more than the limit. Whatever it returns then, the response is 413.
#[tokio::test]
async fn a_streamed_body_ends_at_its_limit() {
    let site = site().await;
    for (path, kind) in [
        ("/api/upload", "multipart/form-data; boundary=x"),
        ("/api/stream", "text/plain"),
    ] {
        let chunk = || Ok::<_, std::io::Error>(Bytes::from("x".repeat(400)));
        let chunks = std::iter::repeat_with(chunk).take(3);
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        let answer = call(&site, path, kind, body).await;
        assert_eq!(
            (answer.status, &*answer.body),
            (StatusCode::PAYLOAD_TOO_LARGE, r#""too_large""#),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_table_adds_sources_to_a_pages_content_security_policy() {
    let site = site().await;
    let pages = with_policy(Router::new().route("/{page}", get(async || "a page")));
    let router = workbench(&site, TABLES, pages);
    let visit = |path| Request::get(path).body(Body::empty()).unwrap();
    let map = send(&router, visit("/map")).await;
    assert_eq!(
        map.headers["content-security-policy"],
        "script-src 'self'; img-src 'self' https://tiles.example.com; \
         object-src https://objects.example.com; frame-src https://frames.example.com"
    );
    assert_eq!(map.headers["x-frame-options"], "SAMEORIGIN");
    let other = send(&router, visit("/feed")).await;
    assert_eq!(
        other.headers["content-security-policy"],
        "script-src 'self'; img-src 'self'; object-src 'none'"
    );
    assert_eq!(other.headers["x-frame-options"], "DENY");
}

#[tokio::test]
async fn cors_allows_only_the_origins_and_paths_in_the_table() {
    let site = site().await;
    let router = Router::new().route("/{name}", get(async || "news").post(async || "done"));
    let router = workbench(&site, TABLES, router);
    let ask = |method: Method, path: &str, origin: &str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("origin", origin)
            .header("sec-fetch-site", "cross-site")
            .header("access-control-request-method", "POST")
            .body(Body::empty());
        let (router, request) = (router.clone(), request.unwrap());
        async move { send(&router, request).await }
    };
    let allowed = "access-control-allow-origin";
    let reader = "https://reader.example.com";
    for method in [Method::OPTIONS, Method::GET, Method::POST] {
        let answer = ask(method.clone(), "/feed", reader).await;
        assert_eq!(answer.status, StatusCode::OK, "{method}");
        assert_eq!(answer.headers[allowed], reader, "{method}");
        assert!(
            !answer
                .headers
                .contains_key("access-control-allow-credentials")
        );
        let other = ask(method.clone(), "/feed", "https://evil.test").await;
        assert!(!other.headers.contains_key(allowed), "{method}");
        let closed = ask(method.clone(), "/map", reader).await;
        assert!(!closed.headers.contains_key(allowed), "{method}");
    }
    let post = ask(Method::POST, "/map", reader).await;
    assert_eq!(post.status, StatusCode::FORBIDDEN);
}
