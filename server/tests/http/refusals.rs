//! A refused request outside of the pages: a browser gets one small page, a program its code.

use std::sync::Arc;

use app::auth::{AuthError, EventKind, Options};
use axum::body::{Body, Bytes};
use axum::http::request::Builder;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::IntoResponse;

use super::forms::FORM;
use crate::support::pages::{QUIET, pages};
use crate::support::refusal::RefusalPage;
use crate::support::site::{BASE, Settings, Site, site, site_with};
use crate::support::visitor::{Answer, HTML, send_expecting_failure};

const PROGRAM: &str = "application/json";

/// A refusal: what is asked, and the status and the code of the answer. Without a code a program gets an empty body.
struct Refused {
    what: &'static str,
    request: fn() -> (Builder, Body),
    status: u16,
    code: &'static str,
}

const fn refused(
    what: &'static str,
    request: fn() -> (Builder, Body),
    status: u16,
    code: &'static str,
) -> Refused {
    Refused {
        what,
        request,
        status,
        code,
    }
}

fn get(path: &str) -> (Builder, Body) {
    (Request::get(path), Body::empty())
}

fn ask(method: &str, path: &str) -> (Builder, Body) {
    (Request::builder().method(method).uri(path), Body::empty())
}

fn form(path: &str, body: impl Into<Body>) -> (Builder, Body) {
    let request = Request::post(path).header(header::CONTENT_TYPE, FORM);
    (request, body.into())
}

/// `request` with a header.
fn with((request, body): (Builder, Body), name: &str, value: &str) -> (Builder, Body) {
    (request.header(name, value), body)
}

/// A body without a length, which fails at its end as one whose chunks are malformed.
fn broken(chunk: String) -> Body {
    let end = std::io::Error::other("invalid chunk size line");
    Body::from_stream(futures_util::stream::iter([
        Ok(Bytes::from(chunk)),
        Err(end),
    ]))
}

/// Every kind of refusal that a request can meet outside of the pages of a site that works.
const REFUSED: &[Refused] = &[
    refused(
        "two hosts",
        || with(with(get("/"), "host", "a.test"), "host", "b.test"),
        400,
        "bad_request",
    ),
    refused(
        "a coding",
        || with(form("/api/login", ""), "transfer-encoding", "gzip"),
        400,
        "bad_request",
    ),
    refused(
        "a field sent twice",
        || form("/api/login", "email=a&email=b"),
        400,
        "bad_request",
    ),
    refused(
        "not UTF-8",
        || form("/api/login", "email=%ff"),
        400,
        "bad_request",
    ),
    refused(
        "broken chunks",
        || form("/api/login", broken("email=a".into())),
        400,
        "bad_request",
    ),
    refused(
        "a host to connect to",
        || ask("CONNECT", "example.com:443"),
        400,
        "",
    ),
    refused(
        "a bad token",
        || with(get("/account"), "authorization", "Bearer lk_x"),
        401,
        "invalid_token",
    ),
    refused(
        "another site's form",
        || with(form("/api/login", ""), "sec-fetch-site", "cross-site"),
        403,
        "cross_site",
    ),
    refused(
        "a function that is not there",
        || get("/api/unknown"),
        404,
        "",
    ),
    refused(
        "something below a function",
        || form("/api/login/x", ""),
        404,
        "",
    ),
    refused(
        "dot segments",
        || get("/account/../login"),
        404,
        "not_found",
    ),
    refused(
        "a long name",
        || get(&format!("/{}", "x".repeat(256))),
        404,
        "not_found",
    ),
    refused(
        "a long path below /api",
        || get(&format!("/api/{}", "x/".repeat(2000))),
        404,
        "not_found",
    ),
    refused("a file that is not there", || get("/pkg/none.js"), 404, ""),
    refused("a form's address, opened", || get("/api/login"), 405, ""),
    refused("a page, posted to", || form("/", ""), 405, ""),
    refused("a page, deleted", || ask("DELETE", "/login"), 405, ""),
    refused("a page's options", || ask("OPTIONS", "/"), 405, ""),
    refused(
        "a long body",
        || form("/api/login", "x".repeat(17 * 1024)),
        413,
        "too_large",
    ),
    refused(
        "a body that says it is long",
        || with(form("/api/login", ""), "content-length", "99999999"),
        413,
        "too_large",
    ),
    refused(
        "a body that only turns out long",
        || form("/api/login", broken("x".repeat(17 * 1024))),
        413,
        "too_large",
    ),
    refused(
        "another type",
        || (Request::post("/api/login"), Body::from("a")),
        415,
        "unsupported_type",
    ),
    refused(
        "a compressed form",
        || with(form("/api/login", "a"), "content-encoding", "gzip"),
        415,
        "unsupported_type",
    ),
];

async fn answer(site: &Site, request: (Builder, Body), accept: &str) -> Answer {
    let (request, body) = request;
    let mut request = request.header(header::ACCEPT, accept).body(body).unwrap();
    let headers = request.headers_mut();
    headers
        .entry("sec-fetch-site")
        .or_insert("same-origin".parse().unwrap());
    send_expecting_failure(&site.router, request).await
}

#[tokio::test]
async fn a_refused_browser_gets_a_page_and_a_program_the_code() {
    let site = site().await;
    for Refused {
        what,
        request,
        status,
        code,
    } in REFUSED
    {
        let seen = answer(&site, request(), HTML).await;
        assert_eq!(seen.status.as_u16(), *status, "{what}: {}", seen.body);
        let page = RefusalPage::of(&seen);
        assert!(
            page.heading.len() < 80 && page.hint.len() < 150,
            "{what}: {page:?}"
        );
        assert_eq!(page.link, ("Home".into(), "/".into()), "{what}");
        assert!(seen.cookies().is_empty(), "{what}");

        let read = answer(&site, request(), PROGRAM).await;
        assert_eq!(read.status.as_u16(), *status, "{what}");
        let code = if code.is_empty() {
            String::new()
        } else {
            format!("\"{code}\"")
        };
        assert_eq!(read.body, code, "{what}");
        for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
            assert_eq!(
                seen.headers.get(&name),
                read.headers.get(&name),
                "{what}: {name}"
            );
        }
    }
}

/// The same without a body, and with the length that the page has.
#[tokio::test]
async fn the_head_of_a_refusal_has_no_body() {
    let site = site().await;
    for path in ["/api/unknown", "/account/../login", "/api/login"] {
        let page = answer(&site, get(path), HTML).await;
        let head = answer(&site, ask("HEAD", path), HTML).await;
        assert_eq!((head.status, &*head.body), (page.status, ""), "{path}");
        for name in ["content-type", "content-length", "content-security-policy"] {
            assert_eq!(head.headers[name], page.headers[name], "{path}: {name}");
        }
    }
}

/// Its script or image would not be shown, and a person at a terminal reads the text.
#[tokio::test]
async fn a_client_that_names_no_html_gets_no_page() {
    let site = site().await;
    for accept in ["*/*", "image/avif,image/*,*/*;q=0.8", "text/*"] {
        let file = answer(&site, get("/pkg/none.js"), accept).await;
        assert_eq!(file.body, "", "{accept}");
        let path = answer(&site, get("/account/../login"), accept).await;
        assert_eq!(path.body, "Page not found.", "{accept}");
        assert_eq!(path.headers["content-type"], "text/plain; charset=utf-8");
    }
}

/// The site, whose answer to guests on closed pages is `refuse`.
async fn site_that(refuse: fn() -> axum::response::Response) -> Site {
    site_with(Settings {
        options: Options {
            unauthorized: Some(Arc::new(move |_| refuse())),
            ..Settings::default().options
        },
        panics: true,
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn a_request_that_may_succeed_later_can_be_made_again() {
    for (refuse, status) in [
        (
            (|| AuthError::TooManyAttempts.into_response()) as fn() -> _,
            429,
        ),
        (|| AuthError::Busy.into_response(), 503),
        (|| StatusCode::REQUEST_TIMEOUT.into_response(), 408),
        (|| StatusCode::BAD_GATEWAY.into_response(), 502),
        (|| panic!("on purpose"), 500),
    ] {
        let site = site_that(refuse).await;
        for (path, again) in [
            ("/account?tab=2&b=%22%3E", "/account?tab=2&b=%22%3E"),
            ("/account?a='b'&amp;c", "/account?a='b'&amp;c"),
        ] {
            let seen = answer(&site, get(path), HTML).await;
            assert_eq!(seen.status.as_u16(), status, "{path}");
            let page = RefusalPage::of(&seen);
            assert_eq!(page.link, ("Try again".into(), again.into()), "{path}");
        }
        let seen = answer(&site, get("/account"), HTML).await;
        let waits = [429, 503].contains(&status);
        let answered = seen.headers.contains_key(header::RETRY_AFTER);
        assert_eq!(answered, waits && !seen.body.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_refusal_with_a_body_of_its_own_stays_as_it_is() {
    let site = site_that(|| (StatusCode::FORBIDDEN, "for members").into_response()).await;
    let seen = answer(&site, get("/account"), HTML).await;
    assert_eq!((seen.status.as_u16(), &*seen.body), (403, "for members"));
    let missing = answer(&site, get("/no/such/page"), HTML).await;
    assert!(missing.body.contains("data-hydrated") || missing.body.contains("<script"));
}

/// A form without JavaScript. The page that it came from says where back is, unless it is of another site.
#[tokio::test]
async fn a_refused_form_leads_back_to_its_page() {
    let site = site().await;
    for (referer, back) in [
        (
            format!("{BASE}/signup?next=%2Fa%3Fb"),
            "/signup?next=%2Fa%3Fb",
        ),
        (format!("{BASE}/login"), "/login"),
        (format!("{BASE}//evil.test/"), "/"),
        (format!("{BASE}/a/..//evil.test/"), "/"),
        (BASE.into(), "/"),
        ("https://evil.test/signup".into(), "/"),
        (format!("{BASE}.evil.test/signup"), "/"),
        ("/signup".into(), "/"),
        ("javascript://app.test/%0aalert(1)".into(), "/"),
    ] {
        let long = form("/api/signup", format!("name={}", "x".repeat(20_000)));
        let seen = answer(&site, with(long, "referer", &referer), HTML).await;
        assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE, "{referer}");
        let page = RefusalPage::of(&seen);
        assert_eq!(page.heading, "That's too large to send.");
        let text = if back == "/" { "Home" } else { "Go back" };
        assert_eq!(page.link, (text.into(), back.into()), "{referer}");
        assert_eq!(
            page.hint.contains("Back button"),
            back != "/",
            "{}",
            page.hint
        );
    }
}

/// The visitor may tell the number to the site's support, which finds the request by it.
#[tokio::test]
async fn the_log_has_the_number_on_the_page() {
    let site = site().await;
    for (method, path) in [
        ("GET", "/api/unknown"),
        ("GET", "/api/login"),
        ("POST", "/api/login"),
    ] {
        let seen = answer(&site, ask(method, path), HTML).await;
        let id = seen.headers["x-request-id"].to_str().unwrap();
        let lines = site.log.lines();
        assert!(lines.iter().any(|line| line.contains(id)), "{path}: {id}");
        assert!(
            lines
                .iter()
                .any(|line| line.contains("a browser was refused"))
        );
    }
}

/// The page must work when nothing else does.
#[tokio::test]
async fn the_page_of_a_refusal_runs_no_query() {
    let site = site().await;
    let ada = site.user("Ada").await;
    let cookie = format!("latchkey_session={}", ada.session_cookie());
    for (method, path) in [("GET", "/api/unknown"), ("POST", "/"), ("GET", "/a/../b")] {
        let request = with(ask(method, path), "cookie", &cookie);
        let (queries, seen) = site.queries(answer(&site, request, HTML)).await;
        RefusalPage::of(&seen);
        assert_eq!(queries, 0, "{method} {path}");
    }
}

/// A session that the server cannot look up: the pages that ask for the user say so, in their own look.
#[tokio::test]
async fn a_page_that_needs_an_unavailable_database_is_503() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    site.database.pool.close().await;
    for path in ["/", "/no/such/page"] {
        let page = ada.visit(path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(page.headers["retry-after"], "2", "{path}");
        assert!(
            page.body.contains("<script") && page.body.contains("</html>"),
            "{path}"
        );
        assert!(page.cookies().is_empty(), "{path}");
    }
    for path in [
        "/account",
        "/login",
        "/signup",
        "/confirm",
        "/account/delete",
    ] {
        let page = ada.visit(path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(page.headers["retry-after"], "2", "{path}");
        let shown = RefusalPage::of(&page);
        assert_eq!(shown.link, ("Try again".into(), path.into()));
    }
    let quiet = ada.exchange_with(&pages(&site), QUIET).await;
    assert_eq!(quiet.status, StatusCode::OK);
    // A guest's page needs no database.
    for path in ["/", "/login", "/signup"] {
        let page = site.visitor().visit(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.headers.contains_key("retry-after"), "{path}");
    }
    assert!(!site.events().contains(&EventKind::RequestRefused));
    let asked = ada.exchange(
        Request::get("/")
            .method(Method::HEAD)
            .body(Body::empty())
            .unwrap(),
    );
    assert_eq!(asked.await.status, StatusCode::OK, "HEAD loads no user");
}
