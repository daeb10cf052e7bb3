//! The way back stays on this site, whatever anybody makes of `next`.

use app::auth::next::{login_url, safe_next};
use axum::http::HeaderValue;
use proptest::prelude::*;
use url::Url;

use crate::site::site;

const REFUSED: &[&str] = &[
    // Another site, in words.
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
    // This site until somebody normalises it.
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
    // Spelled otherwise.
    "%2f%2fevil.test",
    "%252f%252fevil.test",
    "／／evil.test",
    "/／evil.test",
    "//evil。test",
    "//ⓔvil.test",
    "https://evil.c℀.app.test",
    // Scripts.
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
    // This site, but no page of it.
    "/api/logout",
    "/api",
    "/api/login?x",
    "/pkg/latchkey.wasm",
    "/login",
    "/login?next=/login",
    "/login/",
    // Nothing.
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
];

#[test]
fn what_leaves_the_site_leads_home() {
    for next in REFUSED {
        assert_eq!(safe_next(next), "/", "{next:?}");
    }
    assert_eq!(safe_next(&format!("/{}", "a".repeat(2048))), "/");
}

#[test]
fn what_stays_is_kept_to_the_letter() {
    for next in KEPT {
        assert_eq!(safe_next(next), *next);
    }
    let longest = format!("/{}", "a".repeat(2047));
    assert_eq!(safe_next(&longest), longest);
}

#[test]
fn the_login_url_carries_the_way_back() {
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

#[tokio::test]
async fn every_row_at_every_place_that_follows_next() {
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
            !page.body.contains("<svg") && !page.body.contains("<script>alert"),
            "{next:?}"
        );
    }
    for next in KEPT {
        site.visitor().log_in_to("Ada", next).await.leads_to(next);
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

/// Where a browser on `base` ends up, by the WHATWG parser; followed once more by its path alone, because that is
/// what routers do.
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
    fn made_of_what_parsers_trip_over_it_stays_on_the_site(next in alphabet()) {
        assert_stays("https://app.test/login", &next);
        assert_stays("http://127.0.0.1:3000/login?next=x", &format!("/{next}"));
    }

    #[test]
    fn made_of_anything_it_stays_on_the_site(next in any::<String>()) {
        assert_stays("https://app.test/login", &next);
        assert_stays("http://127.0.0.1:3000/login?next=x", &format!("/{next}"));
    }
}
