//! `next` never leads to another site (open redirect), whatever its value.

use app::auth::guards::next::{login_url, safe_next};
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use proptest::prelude::*;
use url::Url;

use crate::support::site::site;
use crate::support::visitor::{HTML, email, password, send};

const REFUSED: &[&str] = &[
    // Absolute URLs of other sites.
    "https://evil.test",
    "http://evil.test",
    "https:evil.test",
    "https:/evil.test",
    "https:////evil.test",
    "http:\\\\evil.test",
    "https:/\\evil.test",
    "ftp://evil.test",
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "\\/evil.test",
    "/\\evil.test",
    "\\\\\\evil.test",
    "//evil.test/%2f..",
    ".evil.test",
    "@evil.test",
    "http:999999999",
    "http://[::1",
    "https://app.test.evil.test/",
    "https://app.test@evil.test/",
    "evil.test",
    // Paths that lead to another site once they are normalised.
    "/..//evil.test",
    "/.//evil.test",
    "/./\\evil.test",
    "/x/..//evil.test",
    "/%2e%2e//evil.test",
    "/x//evil.test",
    "/.",
    "/..",
    "/a/../b",
    "/a/%2E/b",
    "/.%2e/evil.test",
    "//",
    "/a//",
    "/%2f%2fevil.test",
    "/%5cevil.test",
    // Characters that browsers drop.
    "/\t/evil.test",
    "/\r/evil.test",
    "/\n/evil.test",
    " //evil.test",
    "\0//evil.test",
    "\x08//evil.test",
    "\x1f//evil.test",
    "/\0/evil.test",
    "/%09/evil.test",
    "/%0a/evil.test",
    "/%0d%0a/evil.test",
    "java\nscript:alert(1)",
    "/account ",
    " /account",
    "/account\u{7f}",
    // Other encodings.
    "%2f%2fevil.test",
    "%252f%252fevil.test",
    "／／evil.test",
    "/／evil.test",
    "//evil。test",
    "/%2e%2e%2f/evil.test",
    "/%255cevil.test/..//evil.test",
    "%",
    "%zz",
    "%c0%af",
    "%c0%af%c0%afevil.test",
    "%ff",
    "%2fevil.test",
    "%5cevil.test",
    "\u{ff0f}evil.test",
    "/\u{ff0f}evil.test",
    "/\u{2215}evil.test",
    "/\u{feff}/evil.test",
    "/\u{200b}/evil.test",
    "//ⓔvil.test",
    "https://evil.c℀.app.test",
    // Scripts and other schemes.
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://app.test/x",
    "file:///etc/passwd",
    "about:blank",
    "view-source:",
    "intent://x",
    "\"><svg onload=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "</script><script>alert(1)</script>",
    // Paths of this site that are not pages.
    "/api/logout",
    "/api",
    "/api/login?x",
    "/pkg/latchkey.wasm",
    "/pkg/app.wasm",
    "/health",
    "/health/live",
    "/health/ready?x",
    "/login",
    "/login?next=/login",
    "/login/",
    // Empty values.
    "",
    "account",
    "?x",
    "#x",
];

const KEPT: &[&str] = &[
    "/",
    "/account",
    "/account/",
    "/a/b?x=1&y=%20#frag",
    "/search?q=//evil.test",
    "/go?u=https://evil.test",
    "/confirm?email=a@b.test",
    "/caf%C3%A9",
    "/two%20words",
    "/%D0%B6",
    "/a:b",
    "/x@y",
    "/path/http:2222",
    "/?x",
    "/apis",
    "/x?__path=/api/login&__err=SGk=",
    "/a...b",
    "/...",
    "/signup",
    "/healthy",
    "/%255cevil.test",
    "/%252f%252fevil.test",
    "/%zz",
    "/%",
    "/%c0%af",
    "/%ff",
    "/a?next=//evil.test&next=x",
    "/a#//evil.test",
];

/// Other sites, hosts that contain this site's name, paths that lead to another host once they are normalised, characters
/// that browsers drop, other encodings, scripts, and paths that are not pages or too long.
#[test]
fn a_next_that_leaves_the_site_is_replaced_by_the_home_page() {
    for next in REFUSED {
        assert_eq!(safe_next(next), "/", "{next:?}");
    }
    assert_eq!(safe_next(&format!("/{}", "a".repeat(2048))), "/");
}

/// Values that only look dangerous.
#[test]
fn a_next_on_this_site_is_kept_unchanged() {
    for next in KEPT {
        assert_eq!(safe_next(next), *next);
    }
    let longest = format!("/{}", "a".repeat(2047));
    assert_eq!(safe_next(&longest), longest);
}

#[test]
fn the_login_url_contains_next() {
    assert_eq!(login_url("/login", "/account"), "/login?next=%2Faccount");
    assert_eq!(
        login_url("/login", "/a?b=c&d=é"),
        "/login",
        "not printable ASCII"
    );
    assert_eq!(
        login_url("/login", "/a?b=c%20d"),
        "/login?next=%2Fa%3Fb%3Dc%2520d"
    );
    assert_eq!(login_url("/login", "/"), "/login");
    assert_eq!(login_url("/login", "//evil.test"), "/login");
    assert_eq!(login_url("/signup", "/account"), "/signup?next=%2Faccount");
}

/// Every place that reads `next`. In a page the value is shown as text.
#[tokio::test]
async fn every_unsafe_next_is_rejected_wherever_it_is_read() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for next in REFUSED {
        let query = format!(
            "/login?next={}",
            url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>()
        );
        ada.visit(&query).await.leads_to("/");
        let mut fresh = site.visitor();
        fresh.log_in_to("Ada", next).await.leads_to("/");
        // The rate limit of confirmations is 30 a minute.
        site.pass(std::time::Duration::from_mins(1));
        let again = [("current_password", &*password("Ada")), ("next", next)];
        fresh.submit("/api/confirm", &again).await.leads_to("/");
        let wrong = [("current_password", "wrong"), ("next", next)];
        fresh
            .submit("/api/confirm", &wrong)
            .await
            .leads_to("/confirm");
        fresh.submit("/api/confirm", &again).await.leads_to("/");
        // A call's response has no redirect, and a logout always leads home.
        let fields = [
            ("email", &*email("Ada")),
            ("password", again[0].1),
            ("next", next),
        ];
        let called = fresh.call("/api/login", &fields).await;
        assert_eq!((called.status.as_u16(), called.location()), (200, None));
        fresh
            .submit("/api/logout", &[("next", next)])
            .await
            .leads_to("/");
        let fields = [("name", "Ada"), fields[0], fields[1], fields[2]];
        fresh
            .submit("/api/signup", &fields)
            .await
            .leads_to("/login");
        let refused = fresh
            .submit(
                "/api/login",
                &[
                    ("email", "x@example.com"),
                    ("password", "x"),
                    ("next", next),
                ],
            )
            .await;
        refused.leads_to("/login");
        let page = site.visitor().visit(&query).await;
        assert_eq!(page.status, 200, "{next:?}");
        assert!(
            !page.body.contains("<svg onload") && !page.body.contains("<script>alert"),
            "{next:?}"
        );
    }
    for next in KEPT {
        site.visitor().log_in_to("Ada", next).await.leads_to(next);
    }
}

/// Repeated, structured or overlong values, in the query and in the form.
#[tokio::test]
async fn a_repeated_structured_or_overlong_next_is_rejected() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let credentials = format!("email={}&password={}", email("Ada"), password("Ada"));
    for query in [
        "next=/account&next=//evil.test",
        "next=//evil.test&next=/account",
        "next[]=//evil.test",
        "next[a]=//evil.test",
        "next%00=//evil.test",
        "NEXT=//evil.test",
        "next",
        "next=null",
        "next=7",
        "next={%22a%22:1}",
        &format!("next=/{}", "a".repeat(8 * 1024)),
        &format!("next=//evil.test/{}", "a".repeat(60 * 1024)),
    ] {
        ada.visit(&format!("/login?{query}")).await.leads_to("/");
        let page = site.visitor().visit(&format!("/login?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query:.50}");
        for (uri, body) in [
            ("/api/login".to_owned(), format!("{credentials}&{query}")),
            (format!("/api/login?{query}"), credentials.clone()),
            (
                format!("/api/login?{query}"),
                format!("{credentials}&{query}"),
            ),
        ] {
            let request = Request::post(uri)
                .header(header::ACCEPT, HTML)
                .header(header::COOKIE, "theme=dark")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body));
            let answer = send(&site.router, request.unwrap()).await;
            assert!(
                answer
                    .location()
                    .is_none_or(|to| to == "/" || to == "/account"),
                "{query:.50} {:?}",
                answer.location()
            );
            let intended = [303, 400, 413].contains(&answer.status.as_u16());
            assert!(intended, "{query:.50} {}", answer.status);
        }
    }
    for (kind, body) in [
        ("application/json", r#"{"next":{"a":1}}"#.to_owned()),
        ("application/json", r#"{"next":null}"#.to_owned()),
        (
            "application/x-www-form-urlencoded",
            format!("next={}", "/a".repeat(512 * 1024)),
        ),
    ] {
        let request = Request::post("/api/login")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body));
        let answer = send(&site.router, request.unwrap()).await;
        assert!(
            [413, 415].contains(&answer.status.as_u16()),
            "{}",
            answer.status
        );
        assert!(answer.cookies().is_empty() && answer.location().is_none());
    }
}

/// A link cannot put a text on a page, not even the text of a real error.
#[tokio::test]
async fn a_url_cannot_put_an_error_on_a_page() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for (path, function) in [
        ("/account/password", "/api/password"),
        ("/account/tokens", "/api/create_token"),
        ("/account/delete", "/api/delete_account"),
    ] {
        // "unavailable"
        let page = ada
            .visit(&format!(
                "{path}?__path={function}&__err=InVuYXZhaWxhYmxlIg=="
            ))
            .await;
        page.shows(r#"<div role="alert" tabindex="-1"><!></div>"#);
    }
    let plain = site.visitor().visit("/login").await;
    for error in [
        "SGVsbG8sIGNhbGwgdXM=",
        "SGk=",
        "ImludmFsaWRfY3JlZGVudGlhbHMi", // "invalid_credentials"
        "IlNlcnZlckVycm9yfENhbGwgdXMi",
        "",
        "%ff",
        "%3Cb%3E",
    ] {
        let page = site
            .visitor()
            .visit(&format!("/login?__path=/api/login&__err={error}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{error}");
        for text in ["Hello", "Call us", "SGk=", "<b>", "Hi<"] {
            assert_eq!(
                page.body.contains(text),
                plain.body.contains(text),
                "{error} {text}"
            );
        }
        page.shows(r#"<div role="alert" tabindex="-1"><!></div>"#);
    }
}

fn alphabet() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec!["/", "\\", ":", "@", ".", "..", "?", "#", "%", "\t", "\r", "\n", " ", "//"]),
        4 => prop::sample::select(vec!["http", "https", "javascript", "evil.test", "app.test", "%2f", "%5c", "%2e", "%09", "%00"]),
        2 => prop::sample::select(vec!["a", "account", "x", "é", "／", "。", "\u{0}", "\u{7f}", "[", "]", "1"]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The host where a browser on `base` ends up, by the WHATWG URL parser. Its path is then resolved once more, as a router
/// does.
fn assert_stays(base: &str, next: &str) {
    let target = safe_next(next);
    let base = Url::parse(base).expect("a base");
    for target in [
        target.to_owned(),
        base.join(target).expect("it parses").path().to_owned(),
    ] {
        let url = base.join(&target).expect("it parses");
        assert_eq!(url.origin(), base.origin(), "{next:?} -> {target:?}");
        assert!(
            url.username().is_empty() && url.password().is_none(),
            "{next:?} -> {target:?}"
        );
        assert!(
            HeaderValue::from_str(&target).is_ok(),
            "{next:?} -> {target:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_next_of_characters_that_parsers_disagree_on_stays_on_the_site(next in alphabet()) {
        assert_stays("https://app.test/login", &next);
        assert_stays("http://127.0.0.1:3000/login?next=x", &format!("/{next}"));
    }

    #[test]
    fn any_next_stays_on_the_site(next in any::<String>()) {
        assert_stays("https://app.test/login", &next);
        assert_stays("http://127.0.0.1:3000/login?next=x", &format!("/{next}"));
    }
}

#[tokio::test]
async fn next_comes_through_each_page_byte_for_byte() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    for next in [
        "/account?a=b%2Fc",
        "/account?q=a%20b",
        "/account?q=%C3%BC&p=100%25",
        "/account?q=%252F",
        "/account?q=a+b",
    ] {
        for (visitor, page) in [
            (&mut site.visitor(), "/login"),
            (&mut site.visitor(), "/signup"),
            (&mut ada, "/confirm"),
        ] {
            let page = visitor.visit(&login_url(page, next)).await;
            assert_eq!(page.field("next"), next);
        }
        let mut grace = site.visitor();
        grace.visit(next).await.leads_to(&login_url("/login", next));
    }
    ada.confirm("Ada").await;
    ada.visit("/login?next=%2Faccount%3Fa%3Db%252Fc")
        .await
        .leads_to("/account?a=b%2Fc");
}
