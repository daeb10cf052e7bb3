//! Whatever is sent: a 4xx with a short text, nothing lost, and the server alive.

use std::time::Duration;

use app::auth::EventKind;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, Version, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use leptos::server_fn::axum::server_fn_paths;
use tower::ServiceExt;

use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, HTML, MARKER, email, encode, password, send, together};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(
    site: &Site,
    path: &str,
    accept: &str,
    kind: Option<&str>,
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::post(path).header(header::ACCEPT, accept);
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    send(&site.router, request.body(body.into()).unwrap()).await
}

async fn rows_of(site: &Site) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in ["users", "sessions", "remembered", "access_tokens"] {
        all.push(site.rows(table).await);
    }
    all
}

/// A refusal that says little, does nothing and tells nothing of the inside.
async fn assert_refused(site: &Site, answer: &Answer, what: &str) {
    assert!(
        answer.status.is_client_error(),
        "{what}: {} {}",
        answer.status,
        answer.body
    );
    assert!(answer.body.len() < 100, "{what}: {}", answer.body);
    for inside in [
        "serde",
        "missing field",
        "invalid type",
        "expected",
        "app::",
        "argument",
        "Args",
    ] {
        assert!(!answer.body.contains(inside), "{what}: {}", answer.body);
    }
    assert!(
        answer.cookies().is_empty() && answer.location().is_none(),
        "{what}"
    );
    assert!(
        site.rows("users").await.is_empty() && site.rows("sessions").await.is_empty(),
        "{what}"
    );
}

/// S8, S10, S11.
#[tokio::test]
async fn broken_forms_are_refused_with_a_short_text() {
    let site = site().await;
    let bodies: &[(&str, &[u8])] = &[
        ("nothing", b""),
        ("no form at all", b"\xff\xfe\x00\x01"),
        ("JSON", br#"{"email":"a@example.com","password":"x"}"#),
        (
            "twice the same field",
            b"email=a@example.com&email=b@example.com&password=x",
        ),
        (
            "twice the password",
            b"email=a@example.com&password=x&password=y",
        ),
        ("a list", b"email[]=a@example.com&password=x"),
        ("a map", b"email[x]=a@example.com&password=x"),
        ("invalid UTF-8, encoded", b"email=%ff%fe&password=x"),
        ("an overlong slash", b"email=%c0%af&password=x"),
        ("a lone surrogate", b"email=%ed%a0%80&password=x"),
        ("raw invalid UTF-8", b"email=\xff&password=x"),
        (
            "invalid UTF-8 in the password",
            b"email=a@example.com&password=%ff",
        ),
        (
            "raw invalid UTF-8 in the password",
            b"email=a@example.com&password=a long enough password\xff",
        ),
        ("a broken escape", b"email=%zz&password=%"),
        ("NUL", b"email=a%00@example.com&password=x"),
        ("line ends", b"email=a%0d%0a@example.com&password=x"),
        ("no address", b"password=x"),
        ("an empty address", b"email=&password=x"),
        ("only spaces", b"email=+++&password=+++"),
        ("no password", b"email=a@example.com"),
        ("an empty password", b"email=a@example.com&password="),
        ("no at sign", b"email=example.com&password=x"),
    ];
    for path in ["/api/login", "/api/signup"] {
        for (what, body) in bodies {
            let answer = post(&site, path, "application/json", Some(FORM), body.to_vec()).await;
            assert_refused(&site, &answer, &format!("{path} {what}")).await;
        }
    }
}

#[tokio::test]
async fn a_person_who_sends_a_broken_form_reads_a_sentence() {
    let site = site().await;
    let answer = post(&site, "/api/login", HTML, Some(FORM), "email=a&email=b").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (
            StatusCode::BAD_REQUEST,
            "That request could not be understood."
        )
    );
}

/// S1, S2, S7.
#[tokio::test]
async fn only_forms_are_read() {
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
async fn too_much_is_too_much() {
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
        assert_refused(&site, &answer, "a large body, announced").await;
    }
}

#[tokio::test]
async fn overlong_fields_are_told_on_the_form_and_nothing_is_lost() {
    let site = site().await;
    let mut visitor = site.visitor();
    let long = "x".repeat(101);
    let fields = [
        ("name", &*long),
        ("email", "ada@example.com"),
        ("password", "a long enough password"),
    ];
    visitor
        .submit("/api/signup", &fields)
        .await
        .leads_to("/signup");
    let page = visitor.visit("/signup").await;
    page.shows("Enter a name of 1 to 100 characters.");
    page.shows(&format!("value=\"{long}\""));
    page.shows(r#"value="ada@example.com""#);

    let long = format!("{}@example.com", "x".repeat(300));
    let answer = visitor
        .call("/api/login", &[("email", &long), ("password", "x")])
        .await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::UNPROCESSABLE_ENTITY, r#""invalid_email""#)
    );
}

/// S13.
#[tokio::test]
async fn unknown_fields_have_no_effect() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let (email, password) = (email("Ada"), password("Ada"));
    let fields = [
        ("email", &*email),
        ("password", &password),
        ("is_admin", "true"),
        ("id", "1"),
        ("fresh", "true"),
        ("remember", "maybe"),
        ("_method", "DELETE"),
    ];
    let answer = site.visitor().call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(site.rows("users").await.len(), 1);
    for value in ["maybe", "off", "false", "0", "no", "null", " ", "ON"] {
        let fields = [fields[0], fields[1], ("remember", value)];
        let mut ada = site.visitor();
        ada.call("/api/login", &fields).await;
        assert_eq!(ada.remember_cookie(), None, "{value:?}");
    }
    for value in ["on", "true", "1"] {
        let fields = [fields[0], fields[1], ("remember", value)];
        let mut ada = site.visitor();
        ada.call("/api/login", &fields).await;
        assert!(ada.remember_cookie().is_some(), "{value:?}");
    }
}

/// S14, S16, S29: on every function, with a cookie that could do it, and whatever a header says of it.
#[tokio::test]
async fn a_function_answers_to_its_own_method_alone() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let before = rows_of(&site).await;
    for (path, its) in server_fn_paths() {
        for method in [
            "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FOO", "get",
            "Post",
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            if method == its || its == Method::GET && method == Method::HEAD {
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

/// S17.
#[tokio::test]
async fn another_spelling_of_a_function_s_address_reaches_nothing() {
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
        // Nor do they get around what stands before every function.
        let request = Request::post(path)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty());
        let answer = send(&site.router, request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path:.40}");
    }
    // A query is no part of it, and its fields are none of the form's.
    let query = "/api/login?email=a@example.com&password=x&remember=on";
    let answer = post(&site, query, "*/*", Some(FORM), "").await;
    assert_eq!(answer.body, r#""invalid_email""#);
}

/// S20.
#[tokio::test]
async fn a_referer_leads_nowhere() {
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

/// S16, S19, S22, H1, H2, H7, H10, H16, H17, H20.
#[tokio::test]
async fn strange_headers_change_nothing() {
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
        ("x-original-url", "/how-it-works"),
        ("x-rewrite-url", "/how-it-works"),
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
        page.shows("Your account");
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

/// ASVS 6.3.4, H10.
#[tokio::test]
async fn nobody_is_who_an_address_or_a_header_says() {
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
        let page = send(&site.router, ask("/")).await;
        page.shows("Log in");
        assert!(!page.body.contains("Welcome back"), "{claimed}");
        let account = send(&site.router, ask("/api/account")).await;
        assert_eq!(account.status, StatusCode::UNAUTHORIZED, "{claimed}");
        grace.exchange(ask("/")).await.shows("Welcome back, Grace.");
    }
}

/// S23, H1.
#[tokio::test]
async fn a_request_is_for_one_host() {
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
            assert_eq!(answer.body, "That request could not be understood.");
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
        page.shows("Your account");
        assert!(!page.body.contains("evil.test"));
    }
    let request = ask(Version::HTTP_10, &[]);
    let bare = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(
        bare.status(),
        StatusCode::SEE_OTHER,
        "of before there were hosts"
    );
    let request = ask(Version::HTTP_11, &[]);
    let bare = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(bare.status(), StatusCode::BAD_REQUEST);
}

/// S19: what is welcome as an answer decides nothing else.
#[tokio::test]
async fn the_decision_is_the_same_for_whoever_reads_it() {
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
                .any(|cookie| cookie.name() == "session");
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

/// S4: no bodies are unpacked, so none is packed.
#[tokio::test]
async fn a_packed_body_is_not_read() {
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

/// S7, S8: the one field that holds JSON, of what was typed elsewhere. A body of JSON is not read at all.
#[tokio::test]
async fn what_was_typed_elsewhere_may_be_broken() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    for typed in [
        "[".repeat(5_000),
        "{\"a\":".repeat(800),
        deep(126),
        deep(127),
        deep(128),
        deep(2_000),
        format!("{{\"a\":{}}}", "9".repeat(12_000)),
        "{\"a\":NaN}".into(),
        "{\"a\":\"b\"} trailing".into(),
        "\u{feff}{\"a\":\"b\"}".into(),
        "{/* */\"a\":\"b\"}".into(),
        "{\"a\":\"\\ud800\"}".into(),
        "{\"a\":\"b\",\"a\":\"c\"}".into(),
        "null".into(),
        "\0".into(),
    ] {
        for password in [password("Ada"), "wrong".into()] {
            let fields = [("password", &*password), ("typed", &typed)];
            let answer = ada.submit("/api/confirm", &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{typed:.40}");
        }
    }
    assert!(!ada.is_guest().await);
}

/// S28: nobody is told that a page of another user is still the same.
#[tokio::test]
async fn what_one_user_saw_is_no_reason_to_tell_another_less() {
    let site = site().await;
    let (mut ada, mut grace) = (site.user("Ada").await, site.user("Grace").await);
    for path in ["/", "/account", "/api/account"] {
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
            page.shows("Grace");
            assert!(!page.body.contains("Ada"), "{path} {name}");
            let guest = send(&site.router, request(path)).await;
            assert!(
                ![206, 304, 416].contains(&guest.status.as_u16()),
                "{path} {name}"
            );
            assert!(!guest.body.contains("Ada") && !guest.body.contains("Grace"));
        }
    }
}

/// S29.
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

/// S34, S35: in each field, and in the log.
#[tokio::test]
async fn what_means_something_to_a_database_or_a_log_is_a_text() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let texts = [
        "admin'--",
        "' OR '1'='1",
        "ada' OR 1=1;--",
        "%",
        "_da",
        "a%",
        "*",
        "\\'",
        "E'\\\\'",
        "$1",
        "ada\"--",
        "'; DROP TABLE users;--",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "%s%n",
        "\u{1b}[31mred",
        "x\nERROR forged=line",
        "x\r\nset-cookie: session=x",
    ];
    for text in texts {
        let wild = format!("{text}@example.com");
        for (email, password) in [
            (&*wild, &*password("Ada")),
            (text, &password("Ada")),
            (&email("Ada"), text),
        ] {
            let answer = post(
                &site,
                "/api/login",
                "*/*",
                Some(FORM),
                encode(&[
                    ("email", email),
                    ("password", password),
                    ("next", text),
                    ("remember", text),
                ]),
            )
            .await;
            assert!(
                [StatusCode::UNAUTHORIZED, StatusCode::UNPROCESSABLE_ENTITY]
                    .contains(&answer.status),
                "{email:?} {}",
                answer.status
            );
        }
        let request = Request::get("/account")
            .header(
                header::COOKIE,
                format!("session={}", text.replace(|c: char| c.is_control(), "")),
            )
            .body(Body::empty());
        send(&site.router, request.unwrap())
            .await
            .leads_to("/login?next=%2Faccount");
        site.pass(Duration::from_mins(16));
    }
    assert_eq!(site.rows("users").await.len(), 1);
    let log = site.log.lines();
    let ours = log.iter().filter(|line| !line.starts_with("sqlx::query"));
    for line in ours {
        assert!(!line.contains('\n') && !line.contains('\u{1b}'), "{line:?}");
        assert!(
            texts
                .iter()
                .all(|text| text.len() < 4 || !line.contains(text)),
            "{line:?}"
        );
    }
    let mut ada = site.visitor();
    ada.log_in("Ada").await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

/// S32: each is a log in of its own, and there are not more of them than anybody has devices.
#[tokio::test]
async fn the_log_ins_of_one_user_are_bounded_and_the_one_unseen_for_longest_gives_way() {
    const MOST: usize = 50;
    let site = site().await;
    let mut first = site.user("Ada").await;
    let mut grace = site.user("Grace").await;
    let mut second = site.visitor();
    second.log_in_remembered("Ada").await;
    for number in 0..MOST + 50 {
        site.pass(Duration::from_secs(1));
        if number % 10 == 0 {
            site.visitor().log_in_remembered("Ada").await;
        } else {
            site.visitor().log_in("Ada").await;
        }
        if number % 25 == 20 {
            site.pass(Duration::from_mins(6));
            assert!(!first.is_guest().await, "seen again");
        }
    }
    let mut last = site.visitor();
    last.log_in("Ada").await;
    assert_eq!(site.rows("sessions").await.len(), MOST + 1, "and Grace's");
    assert!(site.rows("remembered").await.len() <= MOST);
    assert!(!first.is_guest().await && !last.is_guest().await && !grace.is_guest().await);
    second.cookies.remove("remember");
    assert!(second.is_guest().await);

    // Devices that are remembered and have no session any more.
    for _ in 0..MOST + 10 {
        site.pass(Duration::from_hours(1));
        site.visitor().log_in_remembered("Ada").await;
    }
    assert!(site.rows("remembered").await.len() <= MOST);
}

/// P10: bodies that are too large are refused before anything is hashed, however many come at once.
#[tokio::test]
async fn a_hundred_large_bodies_at_once_are_a_hundred_refusals() {
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
    assert!(!tried, "no log in was tried");
    assert!(site.log.lines().iter().all(|line| !line.contains(MARKER)));
    site.user("Ada").await;
}

/// H8.
#[tokio::test]
async fn a_user_agent_is_kept_short_and_plain() {
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

#[tokio::test]
async fn fields_too_long_for_a_cookie_come_back_as_far_as_they_go() {
    let site = site().await;
    let mut visitor = site.visitor();
    let long = "ж".repeat(650);
    let fields = [
        ("name", &*long),
        ("email", &long),
        ("password", "a long enough password"),
    ];
    let answer = visitor.submit("/api/signup", &fields).await;
    assert!(answer.headers["set-cookie"].len() < 4096);
    visitor
        .visit("/signup")
        .await
        .shows("Enter a name of 1 to 100 characters.");
}

#[tokio::test]
async fn connect_names_no_page() {
    let site = site().await;
    let request = Request::connect("example.com:443")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        send(&site.router, request).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn broken_forms_are_an_event() {
    let site = site().await;
    let large = format!("email={}", "a".repeat(20_000));
    for (kind, body) in [
        ("text/plain", "email=a"),
        (FORM, "email=a&email=b"),
        (FORM, &*large),
    ] {
        site.events();
        let answer = post(&site, "/api/login", HTML, Some(kind), body.to_owned()).await;
        assert!(
            answer.status.is_client_error(),
            "{kind} {body}: {}",
            answer.status
        );
        assert_eq!(site.events(), [EventKind::RequestRefused], "{kind} {body}");
    }
}

#[tokio::test]
async fn a_sign_up_sets_nothing_but_its_own_fields() {
    let site = site().await;
    let fields = [
        ("name", "Ada"),
        ("email", "ada@example.com"),
        ("password", &*password("Ada")),
        ("id", "1"),
        ("is_active", "0"),
        ("is_admin", "true"),
        ("created_at", "1"),
        ("password_hash", "x"),
        ("user[id]", "1"),
    ];
    site.visitor()
        .submit("/api/signup", &fields)
        .await
        .leads_to("/login");
    let row = site.rows("users").await.remove(0);
    assert!(
        row.contains("is_active=1") && row.contains("password_hash=$argon2id$"),
        "{row}"
    );
    assert!(
        !row.starts_with("id=1 ") && !row.contains("created_at=1 "),
        "{row}"
    );

    // And what is known of a user is this and no more.
    let mut ada = site.visitor();
    ada.log_in("Ada").await;
    let user = ada.ask("/api/current_user").await.json()["user"].clone();
    let keys: Vec<&String> = user.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["email", "id", "is_active", "name"]);
}

/// By that header the browser's half knows a refusal; a form that a browser sent itself has no use for it.
#[tokio::test]
async fn a_refused_call_is_marked_as_one() {
    let site = site().await;
    let fields = [("email", "nobody@example.com"), ("password", "wrong")];
    let answer = site.visitor().call("/api/login", &fields).await;
    assert!(answer.headers.contains_key("serverfnerror"));
    let answer = site.visitor().submit("/api/login", &fields).await;
    assert!(!answer.headers.contains_key("serverfnerror"));
}
