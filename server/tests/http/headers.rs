//! The security headers of every response, whatever its status.

use std::collections::BTreeSet;

use std::sync::Arc;

use app::auth::{EventKind, Options};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::{Answer, HTML, send_expecting_failure};

/// A site over https whose listener panics on an invalid access token, so that there is a response with 500.
async fn https() -> Site {
    site_with(Settings {
        https: true,
        options: Options {
            listeners: vec![Arc::new(|event| {
                assert!(
                    event.kind != EventKind::TokenRefused,
                    "the listener fails on purpose"
                );
            })],
            ..Options::default()
        },
        panics: true,
        ..Settings::default()
    })
    .await
}

/// One response of each kind.
async fn answers(site: &Site) -> Vec<(String, Answer)> {
    std::fs::write(site.files().join("robots.txt"), "User-agent: *").unwrap();
    std::fs::write(site.files().join("favicon.svg"), "<svg/>").unwrap();
    std::fs::write(site.files().join("sitemap.xml"), "<urlset/>").unwrap();
    std::fs::write(site.files().join("pkg/app.js"), "1").unwrap();
    let mut ada = site.user("Ada").await;
    let mut guest = site.visitor();
    let mut all = Vec::new();
    for (method, path, status) in [
        (Method::GET, "/", 200),
        (Method::GET, "/login", 200),
        (Method::GET, "/signup", 200),
        (Method::GET, "/account", 303),
        (Method::GET, "/account/", 308),
        (Method::GET, "/no/such/page", 404),
        (Method::GET, "/robots.txt", 200),
        (Method::GET, "/favicon.svg", 200),
        (Method::GET, "/sitemap.xml", 200),
        (Method::GET, "/pkg/app.js", 200),
        (Method::GET, "/pkg/none.js", 404),
        (Method::GET, "/api/account", 401),
        (Method::GET, "/api/unknown", 404),
        (Method::GET, "/api/login", 405),
        (Method::POST, "/api/login", 415),
        (Method::POST, "/", 405),
        (Method::HEAD, "/", 200),
        (Method::OPTIONS, "/", 405),
        (Method::TRACE, "/", 403),
        (Method::GET, "/health/live", 200),
        (Method::GET, "/health/ready", 200),
    ] {
        let mut request = Request::builder().method(&method).uri(path);
        if method == Method::POST {
            request = request.header("sec-fetch-site", "same-origin");
        }
        let request = request
            .header(header::ACCEPT, "text/html")
            .header(header::ORIGIN, "https://evil.test")
            .body(Body::empty());
        let answer = crate::support::visitor::send_bare(&site.router, request.unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        all.push((format!("{method} {path}"), answer));
    }
    all.push(("user".into(), ada.visit("/account").await));
    all.push((
        "wrong".into(),
        guest
            .call("/api/login", &[("email", "a@b.test"), ("password", "x")])
            .await,
    ));
    all.push(("redirect".into(), ada.log_out().await));
    let request = Request::post("/api/login").header(header::CONTENT_LENGTH, "99999999");
    let answer = guest
        .exchange(request.body(Body::from("x".repeat(20_000))).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    all.push(("413".into(), answer));
    let request = Request::get("/api/account").header(header::AUTHORIZATION, "Bearer lk_x");
    let request = request.body(Body::empty()).unwrap();
    let answer = send_expecting_failure(&site.router, request).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    all.push(("500".into(), answer));
    site.database.pool.close().await;
    let answer = guest
        .call("/api/login", &[("email", "a@b.test"), ("password", "x")])
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    all.push(("503".into(), answer));
    all
}

/// ASVS 3.4.1, 4.1.1.
#[tokio::test]
async fn every_response_of_every_status_has_the_security_headers() {
    let site = https().await;
    for (what, answer) in answers(&site).await {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "strict-transport-security",
                "max-age=63072000; includeSubDomains",
            ),
        ] {
            assert_eq!(answer.headers.get(name).unwrap(), value, "{what}: {name}");
            assert_eq!(
                answer.headers.get_all(name).iter().count(),
                1,
                "{what}: {name}"
            );
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{what}: {policy}"
        );
        for allowed in policy.split([' ', ';']) {
            assert!(
                !["'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:"].contains(&allowed)
            );
        }
        let kind = answer
            .headers
            .get("content-type")
            .map(|kind| kind.to_str().unwrap());
        let refused = answer.status.is_client_error() || answer.status.is_server_error();
        assert!(kind.is_some() || !refused, "{what}: {}", answer.status);
        let page = kind == Some("text/html; charset=utf-8");
        assert!(
            page || policy.starts_with("default-src 'none'; frame-ancestors"),
            "{what}"
        );
        assert!(answer.headers.contains_key("cache-control"), "{what}");
        assert!(answer.headers.contains_key("permissions-policy"), "{what}");
        assert!(
            !answer.headers.contains_key("server") && !answer.headers.contains_key("x-powered-by")
        );
        let cross_origin = answer
            .headers
            .keys()
            .any(|name| name.as_str().starts_with("access-control"));
        assert!(!cross_origin, "{what}");
        assert!(answer.body.is_empty() || kind.is_some(), "{what}");
        let kind = kind.unwrap_or_default();
        let is_text = kind.starts_with("text/") || kind.contains("xml");
        assert!(
            !is_text || kind.ends_with("; charset=utf-8"),
            "{what}: {kind}"
        );
    }
}

/// ASVS 3.2.1: a function's response that is opened as a page is not HTML, even if a user's name contains markup.
#[tokio::test]
async fn a_functions_response_is_not_html_even_if_html_is_accepted() {
    let site = site().await;
    let name = "<img src=x onerror=alert(1)>";
    let mut mallory = site.user_called(name).await;
    for path in ["/api/account", "/api/current_user"] {
        let request = Request::get(path)
            .header(header::ACCEPT, HTML)
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-mode", "navigate");
        let answer = mallory.exchange(request.body(Body::empty()).unwrap()).await;
        answer.shows(name);
        for (header, value) in [
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(answer.headers[header], value, "{path}: {header}");
        }
    }
}

#[tokio::test]
async fn without_https_there_is_no_strict_transport_security() {
    let site = site().await;
    let page = site.visitor().visit("/").await;
    assert!(!page.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn every_page_has_its_own_script_nonce() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut nonces = BTreeSet::new();
    for path in [
        "/",
        "/",
        "/login",
        "/account",
        "/account/tokens",
        "/no/such/page",
    ] {
        let page = ada.visit(path).await;
        let page = if page.status == StatusCode::SEE_OTHER {
            site.visitor().visit(path).await
        } else {
            page
        };
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
        let (nonce, _) = rest.split_once('\'').unwrap();
        assert!(nonce.len() >= 22, "128 bits");
        assert!(
            nonces.insert(nonce.to_owned()),
            "{path}: the same nonce again"
        );
        for script in page.body.split("<script").skip(1) {
            assert!(
                script.starts_with(&format!(" nonce=\"{nonce}\""))
                    || script.contains(&format!("nonce=\"{nonce}\">")),
                "{path}: {}",
                &script[..80]
            );
        }
        assert!(
            !page.body.contains(" style=") && !page.body.contains("<style"),
            "{path}"
        );
        assert!(
            !page.body.contains("onclick=") && !page.body.contains("javascript:"),
            "{path}"
        );
        for directive in [
            "default-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "'strict-dynamic'",
        ] {
            assert!(policy.contains(directive), "{path}: {directive}");
        }
    }
}
