//! Cross-site requests (CSRF). The rows combine the values of `Sec-Fetch-Site`, `Origin` and `Referer` that can arrive.

use app::auth::EventKind;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;

use crate::support::refusal::RefusalPage;
use crate::support::site::{BASE, Site, site};
use crate::support::visitor::{Answer, SESSION, encode, password, send_bare};

type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    bool,
);

const EVIL: &str = "https://evil.test";

/// 10 KiB that begin with the site's origin.
const LONG: &str = {
    const BYTES: [u8; 10_240] = {
        let mut bytes = [b'x'; 10_240];
        let mut at = 0;
        while at < BASE.len() {
            bytes[at] = BASE.as_bytes()[at];
            at += 1;
        }
        bytes
    };
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => panic!("ASCII"),
    }
};

/// Name, `Sec-Fetch-Site`, `Origin`, `Referer`, accepted.
const ROWS: &[Row] = &[
    ("X1", &["same-origin"], &[BASE], &[], true),
    ("X2", &["same-origin"], &[], &[], true),
    ("X3", &["none"], &[], &[], true),
    ("X4", &["cross-site"], &[BASE], &[], false),
    ("X4", &["cross-site"], &[EVIL], &[], false),
    ("X4", &["cross-site"], &[], &[], false),
    ("X5", &["same-site"], &["https://sub.app.test"], &[], false),
    ("X6", &[], &[BASE], &[], true),
    ("X6", &[], &[BASE], &["https://evil.test/"], true),
    ("X7", &[], &[EVIL], &[], false),
    ("X7", &[], &[EVIL], &["https://app.test/login"], false),
    ("X8", &[], &["null"], &[], false),
    ("X9", &[], &["http://app.test"], &[], false),
    ("X9", &[], &["https://app.test:444"], &[], false),
    ("X9", &[], &["https://app.test."], &[], false),
    ("X9", &[], &["https://app.test/"], &[], false),
    ("X9", &[], &["https://APP.TEST"], &[], true),
    ("X10", &[], &["https://app.test.evil.test"], &[], false),
    ("X10", &[], &["https://evil-app.test"], &[], false),
    ("X10", &[], &["https://evil.test/app.test"], &[], false),
    (
        "X10",
        &[],
        &["https://evil.test/https://app.test"],
        &[],
        false,
    ),
    ("X11", &[], &[BASE, EVIL], &[], false),
    ("X11", &[], &[BASE, BASE], &[], false),
    (
        "X11",
        &[],
        &["https://app.test https://evil.test"],
        &[],
        false,
    ),
    ("X11", &[], &[""], &[], false),
    ("X11", &[], &["https://äpp.test"], &[], false),
    ("X11", &[], &[LONG], &[], false),
    ("X11", &[], &[" https://app.test evil"], &[], false),
    ("X11", &[], &["https://app.test:443"], &[], false),
    ("X11", &[], &["https://app.test\tx"], &[], false),
    ("X12", &[], &[], &["https://app.test/login?next=%2F"], true),
    ("X12", &[], &[], &["https://app.test"], true),
    ("X13", &[], &[], &["https://evil.test/login"], false),
    (
        "X13",
        &[],
        &[],
        &["https://evil.test/?https://app.test"],
        false,
    ),
    ("X13", &[], &[], &["https://app.test@evil.test/"], false),
    ("X13", &[], &[], &["https://app.test.evil.test/"], false),
    ("X13", &[], &[], &["https://app.test\\@evil.test/"], true), // The host ends at the backslash, as in browsers.
    ("X13", &[], &[], &["app.test"], false),
    ("X14", &[], &[], &[], false),
    ("X15", &["garbage"], &[BASE], &[], true),
    ("X15", &[""], &[BASE], &[], true),
    ("X15", &["same-origin", "cross-site"], &[BASE], &[], true),
    ("X15", &["garbage"], &[EVIL], &[], false),
    ("X15", &["same-origin", "same-origin"], &[EVIL], &[], false),
    ("X15", &["SAME-ORIGIN"], &[], &[], false),
    ("X15", &["same-origin, cross-site"], &[], &[], false),
    (
        "X15",
        &["none", "none"],
        &[],
        &["https://evil.test/"],
        false,
    ),
    // No browser sends this combination: `Sec-Fetch-Site` decides.
    ("X16", &["same-origin"], &[EVIL], &[], true),
    ("X16", &["none"], &["null"], &["https://evil.test/"], true),
];

fn request(path: &str, cookie: &str, row: &Row, fields: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post(path)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie);
    for (name, values) in [
        ("sec-fetch-site", row.1),
        ("origin", row.2),
        ("referer", row.3),
    ] {
        for value in values {
            request = request.header(name, *value);
        }
    }
    request.body(Body::from(encode(fields))).unwrap()
}

#[track_caller]
fn assert_refused(answer: &Answer, row: &Row) {
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{row:?}");
    assert_eq!(answer.location(), None, "{row:?}");
    assert_eq!(answer.cookies().len(), 0, "{row:?}");
    let RefusalPage { heading, hint, .. } = RefusalPage::of(answer);
    let text = "We blocked this request because it didn't come from our site.";
    assert_eq!(heading, text);
    assert!(hint.starts_with("Go back and try again."), "{hint}");
}

async fn rows_of(site: &Site) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in ["users", "sessions", "remembered", "access_tokens"] {
        all.push(site.rows(table).await);
    }
    all
}

#[tokio::test]
async fn a_logout_is_accepted_from_this_site_and_refused_from_others() {
    let site = site().await;
    for row in ROWS {
        let mut ada = site.user("Ada").await;
        let cookie = format!("{SESSION}={}", ada.session_cookie());
        let answer = send_bare(&site.router, request("/api/logout", &cookie, row, &[])).await;
        if row.4 {
            answer.leads_to("/");
        } else {
            assert_refused(&answer, row);
        }
        assert_eq!(ada.is_guest().await, row.4, "{row:?}");
    }
}

/// For every server function.
#[tokio::test]
async fn every_function_checks_the_origin_by_the_same_rules() {
    let site = site().await;
    for (path, _) in server_fn_paths().filter(|(_, method)| *method != Method::GET) {
        for row in ROWS {
            let before = rows_of(&site).await;
            let answer = send_bare(&site.router, request(path, "a=b", row, &[])).await;
            if row.4 {
                assert_ne!(answer.status, StatusCode::FORBIDDEN, "{path} {row:?}");
            } else {
                assert_refused(&answer, row);
            }
            assert_eq!(rows_of(&site).await, before, "{path} {row:?}");
        }
    }
}

/// Also for a visitor without a session, so that another site cannot log a visitor in as the attacker (login CSRF).
#[tokio::test]
async fn a_login_is_accepted_from_this_site_and_refused_from_others() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let password = password("Ada");
    let fields = [("email", "ada@example.com"), ("password", &*password)];
    for row in ROWS {
        let before = rows_of(&site).await;
        let answer = send_bare(&site.router, request("/api/login", "a=b", row, &fields)).await;
        if row.4 {
            answer.leads_to("/");
        } else {
            assert_refused(&answer, row);
            assert_eq!(rows_of(&site).await, before, "{row:?}");
        }
    }
}

#[tokio::test]
async fn every_function_that_changes_data_refuses_cross_site_requests() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let cookie = format!("{SESSION}={}", ada.session_cookie());
    let before = rows_of(&site).await;
    site.events();
    let mut tried = 0;
    for (path, method) in server_fn_paths().filter(|(_, method)| *method != Method::GET) {
        assert_eq!(method, Method::POST, "{path}");
        let row: Row = ("", &["cross-site"], &[EVIL], &[], false);
        let answer = send_bare(&site.router, request(path, &cookie, &row, &[])).await;
        assert_refused(&answer, &row);
        assert_eq!(site.events(), [EventKind::CrossSiteRefused], "{path}");
        tried += 1;
    }
    assert!(tried >= 8);
    // No other path or method gets further.
    for (method, path) in [
        (Method::POST, "/"),
        (Method::POST, "/account"),
        (Method::PUT, "/api/logout"),
        (Method::DELETE, "/api/logout"),
        (Method::POST, "/api/unknown"),
        (Method::POST, "/pkg/x.js"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "cross-site");
        let answer = send_bare(&site.router, request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(rows_of(&site).await, before);
}

/// A link on another site opens a page, and changes nothing.
#[tokio::test]
async fn links_from_another_site_work_and_change_nothing() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for (path, status) in [
        ("/account", StatusCode::OK),
        ("/", StatusCode::OK),
        ("/api/logout", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let request = Request::get(path)
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .body(Body::empty())
            .unwrap();
        assert_eq!(ada.exchange(request).await.status, status, "{path}");
    }
    assert!(!ada.is_guest().await);
}

/// The headers forbid frames and other origins to embed a response. `Sec-Fetch-Dest` does not affect that.
#[tokio::test]
async fn a_page_cannot_be_embedded_by_another_site() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for dest in [
        "iframe", "frame", "object", "embed", "image", "script", "style", "empty", "worker", "",
    ] {
        for (path, status) in [
            ("/account", StatusCode::OK),
            ("/api/account", StatusCode::OK),
        ] {
            let request = Request::get(path)
                .header("sec-fetch-site", "cross-site")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", dest)
                .body(Body::empty())
                .unwrap();
            let answer = ada.exchange(request).await;
            assert_eq!(answer.status, status, "{path} {dest}");
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(
                answer.headers["cross-origin-resource-policy"],
                "same-origin"
            );
            assert_eq!(answer.headers["x-frame-options"], "DENY");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        }
        let request = Request::post("/api/logout")
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", dest)
            .header(header::ORIGIN, BASE)
            .body(Body::empty());
        let answer = ada.exchange(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{dest}");
    }
    assert!(!ada.is_guest().await);
}

/// No page can make a browser send an access token, so such a request needs no `Origin`.
#[tokio::test]
async fn a_request_with_a_token_needs_no_origin() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let token = ada.create_token("CI").await;
    let request = |authorization: String| {
        Request::post("/api/revoke_token")
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("id=x"))
            .unwrap()
    };
    let answer = send_bare(&site.router, request(format!("Bearer {token}"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    // A browser repeats Basic credentials by itself, so they do not count.
    let answer = send_bare(&site.router, request("Basic YTpi".into())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
