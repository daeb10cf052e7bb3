//! Request headers: none of them decides who the visitor is, where a response redirects or what it contains.

use axum::body::Body;
use axum::http::{Request, StatusCode, Version, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use tower::ServiceExt;

use super::forms::{FORM, post, rows_of};
use crate::support::site::site;
use crate::support::visitor::{CURRENT_USER, HTML, SESSION, email, encode, password, send};

#[tokio::test]
async fn a_response_does_not_redirect_to_the_referer() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    for referer in [
        "https://evil.test/x",
        "javascript:alert(1)",
        "http://a:b@127.0.0.1/",
        "nonsense",
        "",
        "//evil.test",
        "https://app.test@evil.test/",
        "https://evil.test\\@app.test/",
        "data:text/html,x",
        &format!("https://evil.test/{}", "x".repeat(1024 * 1024)),
    ] {
        for body in [
            "email=a@example.com&password=x".to_owned(),
            "email=a&email=b".to_owned(),
            format!("email={}&password={}", email("Ada"), password("Ada")),
        ] {
            let request = Request::post("/api/login")
                .header(header::ACCEPT, HTML)
                .header(header::COOKIE, "theme=dark")
                .header(header::CONTENT_TYPE, FORM)
                .header(header::REFERER, referer)
                .body(Body::from(body));
            let answer = send(&site.router, request.unwrap()).await;
            assert!(
                [None, Some("/"), Some("/login")].contains(&answer.location()),
                "{referer}"
            );
        }
    }
}

#[tokio::test]
async fn unexpected_headers_change_nothing() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let long = "x".repeat(10 * 1024);
    for (name, value) in [
        ("host", "evil.test"),
        ("host", "localhost"),
        ("host", "[::1]:3000"),
        ("host", "APP.TEST"),
        ("host", "app.test."),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "javascript"),
        ("x-forwarded-prefix", "//evil.test"),
        ("x-forwarded-port", "444"),
        ("forwarded", "host=evil.test;proto=http;for=127.0.0.1"),
        ("x-host", "evil.test"),
        ("x-http-method-override", "GET"),
        ("x-original-url", "/"),
        ("x-rewrite-url", "/"),
        ("x-real-ip", "127.0.0.1"),
        ("true-client-ip", "127.0.0.1"),
        ("cf-connecting-ip", "127.0.0.1"),
        ("x-client-ip", "127.0.0.1"),
        ("x-forwarded-user", "Ada"),
        ("remote-user", "ada@example.com"),
        ("serverfnredirect", "https://evil.test"),
        ("serverfnerror", "/api/login"),
        ("location", "https://evil.test"),
        ("authorization", "Basic eDp5"),
        ("authorization", "Digest username=ada"),
        ("authorization", "nonsense"),
        ("accept", "nonsense;;;q=x"),
        ("accept", ""),
        ("accept", &long),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-user", "?1"),
        ("cache-control", "only-if-cached"),
        ("pragma", "no-cache"),
        ("te", "trailers"),
        ("trailer", "cookie"),
        ("upgrade", "h2c"),
        ("connection", "close, cookie"),
        ("expect", "100-continue"),
        ("range", "bytes=0-0"),
        ("if-none-match", "*"),
        ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("if-match", "nothing"),
        ("user-agent", "\u{7f}"),
    ] {
        let Ok(value) = axum::http::HeaderValue::from_bytes(value.as_bytes()) else {
            continue;
        };
        let request = Request::get("/account")
            .header(name, &value)
            .body(Body::empty())
            .unwrap();
        let page = ada.exchange(request).await;
        page.is_page_of("Ada");
        assert!(!page.body.contains("evil.test"), "{name}");
        let request = Request::get("/account")
            .header(name, &value)
            .body(Body::empty())
            .unwrap();
        send(&site.router, request)
            .await
            .leads_to("/login?next=%2Faccount");
        for (password, opens) in [(password("Ada"), true), ("wrong".into(), false)] {
            let fields = [("email", &*email("Ada")), ("password", &password)];
            let request = Request::post("/api/login")
                .header(name, &value)
                .header(header::CONTENT_TYPE, FORM)
                .body(Body::from(encode(&fields)));
            let answer = send(&site.router, request.unwrap()).await;
            assert_eq!(
                answer.status == StatusCode::OK,
                opens,
                "{name} {}",
                answer.body
            );
            assert!(!format!("{:?}", answer.headers).contains("evil"), "{name}");
            for cookie in answer.cookies() {
                assert_eq!(cookie.domain(), None, "{name}");
            }
        }
    }
}

/// ASVS 6.3.4.
#[tokio::test]
async fn neither_the_query_nor_a_header_chooses_the_user() {
    let site = site().await;
    let (mut ada, mut grace) = (site.user("Ada").await, site.user("Grace").await);
    let id = ada.ask("/api/current_user").await.json()["user"]["id"].clone();
    let (id, email, password) = (id.as_str().unwrap(), email("Ada"), password("Ada"));
    let basic = format!("Basic {}", STANDARD.encode(format!("{email}:{password}")));
    for claimed in [id, &email, "Ada"] {
        let fields = ["user_id", "user", "id", "email", "login"];
        let query = encode(&fields.map(|field| (field, claimed)));
        let ask = |path: &str| {
            let mut request = Request::get(format!("{path}?{query}"));
            for header in [
                "x-user",
                "x-user-id",
                "x-remote-user",
                "x-forwarded-user",
                "x-forwarded-email",
                "x-auth-request-user",
                "remote-user",
            ] {
                request = request.header(header, claimed);
            }
            let request = request.header(header::AUTHORIZATION, &basic);
            request.body(Body::empty()).unwrap()
        };
        send(&site.router, ask(CURRENT_USER)).await.is_for_a_guest();
        let account = send(&site.router, ask("/api/account")).await;
        assert_eq!(account.status, StatusCode::UNAUTHORIZED, "{claimed}");
        grace.exchange(ask(CURRENT_USER)).await.knows("Grace");
    }
}

#[tokio::test]
async fn a_request_needs_exactly_one_valid_host() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let ask = |version: Version, hosts: &[&str]| {
        let mut request = Request::get("/account").version(version);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        request.body(Body::empty()).unwrap()
    };
    let long = "x".repeat(10_000);
    for hosts in [
        &["app.test", "evil.test"][..],
        &["app.test", "app.test"],
        &["app.test, evil.test"],
        &["app.test:80@evil.test"],
        &["ada@app.test"],
        &["https://app.test"],
        &["app.test/x"],
        &["app.test evil.test"],
        &["app.test:80:80"],
        &["[::1"],
        &[""],
        &[" "],
    ] {
        for version in [Version::HTTP_10, Version::HTTP_11] {
            let answer = ada.exchange(ask(version, hosts)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{hosts:.50?}");
            assert_eq!(
                answer.body,
                "Something was wrong with that request. Go back and try again."
            );
            assert!(answer.headers.contains_key("content-security-policy"));
        }
    }
    for host in [
        "app.test",
        "evil.test",
        "localhost",
        "127.0.0.1:3000",
        "[::1]",
        "[::1]:3000",
        "APP.TEST",
        "app.test.",
        &long,
    ] {
        let page = ada.exchange(ask(Version::HTTP_11, &[host])).await;
        page.is_page_of("Ada");
        assert!(!page.body.contains("evil.test"));
    }
    let request = ask(Version::HTTP_10, &[]);
    let bare = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(
        bare.status(),
        StatusCode::SEE_OTHER,
        "HTTP/1.0 has no Host header"
    );
    let request = ask(Version::HTTP_11, &[]);
    let bare = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(bare.status(), StatusCode::BAD_REQUEST);
}

/// `Accept` changes only the format of a response.
#[tokio::test]
async fn the_accept_header_does_not_change_the_decision() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let long = format!("text/html,{}", "x/y,".repeat(3000));
    for accept in [
        HTML,
        "*/*",
        "application/json",
        "",
        "text/html;q=0",
        "TEXT/HTML",
        "nonsense",
        "text/html,,,;",
        &long,
    ] {
        for (password, opens) in [(password("Ada"), true), ("wrong".into(), false)] {
            let body = encode(&[("email", &email("Ada")), ("password", &password)]);
            let answer = post(&site, "/api/login", accept, Some(FORM), body.clone()).await;
            let session = answer
                .cookies()
                .iter()
                .any(|cookie| cookie.name() == SESSION);
            assert_eq!(session, opens, "{accept:.40}");
            let request = Request::post("/api/login")
                .header(header::ACCEPT, accept)
                .header(header::CONTENT_TYPE, FORM)
                .header("sec-fetch-site", "cross-site")
                .body(Body::from(body));
            let answer = send(&site.router, request.unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{accept:.40}");
        }
        let request = Request::get("/api/account")
            .header(header::ACCEPT, accept)
            .body(Body::empty());
        let answer = send(&site.router, request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{accept:.40}");
    }
}

/// No `304 Not Modified`, no partial response: a page of another user is never taken for the same one.
#[tokio::test]
async fn conditional_and_range_requests_get_a_users_own_full_page() {
    let site = site().await;
    let (mut ada, mut grace) = (site.user("Ada").await, site.user("Grace").await);
    for path in ["/account", "/account/tokens", "/api/account"] {
        let page = ada.visit(path).await;
        let tag = page.headers.get(header::ETAG).cloned();
        let date = page.headers.get(header::LAST_MODIFIED).cloned();
        assert_eq!((tag, date), (None, None), "{path}");
        for (name, value) in [
            ("if-none-match", "*"),
            ("if-none-match", "\"x\""),
            ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
            ("range", "bytes=0-9"),
            ("range", "bytes=0-9,20-29"),
            ("range", "bytes=-1"),
            ("if-range", "\"x\""),
        ] {
            let request = |path| {
                Request::get(path)
                    .header(name, value)
                    .body(Body::empty())
                    .unwrap()
            };
            let page = grace.exchange(request(path)).await;
            page.shows("grace@example.com");
            assert!(!page.body.contains("ada@example.com"), "{path} {name}");
            let guest = send(&site.router, request(path)).await;
            assert!(
                ![206, 304, 416].contains(&guest.status.as_u16()),
                "{path} {name}"
            );
            assert!(!guest.body.contains("@example.com"), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_prefetch_changes_nothing() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let before = rows_of(&site).await;
    for path in [
        "/",
        "/account",
        "/account/delete",
        "/confirm",
        "/login",
        "/api/logout",
        "/logout",
    ] {
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "prefetch"),
            ("x-moz", "prefetch"),
        ] {
            let request = Request::get(path).header(name, value).body(Body::empty());
            ada.exchange(request.unwrap()).await;
        }
    }
    assert_eq!(rows_of(&site).await, before);
    assert!(!ada.is_guest().await);
}

#[tokio::test]
async fn a_stored_user_agent_is_truncated_and_has_no_control_characters() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let request = Request::post("/api/login")
        .header(header::CONTENT_TYPE, FORM)
        .header(
            header::USER_AGENT,
            axum::http::HeaderValue::from_bytes(
                &[b"Evil\t\xff\xfe ", "x".repeat(60_000).as_bytes()].concat(),
            )
            .unwrap(),
        )
        .body(Body::from(format!(
            "email={}&password={}",
            email("Ada"),
            password("Ada")
        )));
    assert_eq!(
        send(&site.router, request.unwrap()).await.status,
        StatusCode::OK
    );
    let row = &site.rows("sessions").await[0];
    assert!(
        row.contains("user_agent=Evil\u{fffd}\u{fffd} xxx") && row.len() < 700,
        "{row}"
    );
}
