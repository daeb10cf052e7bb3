//! Whatever is sent: a 4xx with a short text, nothing lost, and the server alive.

use app::auth::EventKind;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use crate::site::{Site, site};
use crate::visitor::{Answer, HTML, email, password, send};

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

#[tokio::test]
async fn only_forms_are_read() {
    let site = site().await;
    let ada = format!(
        "name=Ada&email={}&password={}",
        email("Ada"),
        password("Ada")
    );
    for kind in [
        None,
        Some("text/plain"),
        Some("application/json"),
        Some("application/xml"),
        Some("multipart/form-data; boundary=x"),
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
    ];
    let answer = site.visitor().call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn broken_forms_are_an_event() {
    let site = site().await;
    for (kind, body) in [("text/plain", "email=a"), (FORM, "email=a&email=b")] {
        site.events();
        let answer = post(&site, "/api/login", HTML, Some(kind), body).await;
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

#[tokio::test]
async fn the_wrong_method_and_the_wrong_path_are_refused() {
    let site = site().await;
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
    ] {
        for path in ["/api/login", "/api/signup"] {
            let request = Request::builder()
                .method(&method)
                .uri(path)
                .body(Body::empty())
                .unwrap();
            let answer = send(&site.router, request).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
            assert!(
                answer.headers.contains_key(header::ALLOW),
                "{method} {path}"
            );
        }
    }
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
    ] {
        let answer = post(
            &site,
            path,
            "*/*",
            Some(FORM),
            "email=a@example.com&password=x",
        )
        .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

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

#[tokio::test]
async fn strange_headers_change_nothing() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for (name, value) in [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("x-http-method-override", "GET"),
        ("x-original-url", "/how-it-works"),
        ("serverfnredirect", "https://evil.test"),
        ("location", "https://evil.test"),
        ("authorization", "Basic eDp5"),
        ("accept", "nonsense;;;q=x"),
        ("user-agent", "\u{7f}"),
    ] {
        let Ok(value) = axum::http::HeaderValue::from_bytes(value.as_bytes()) else {
            continue;
        };
        let request = Request::get("/account")
            .header(name, &value)
            .body(Body::empty())
            .unwrap();
        ada.exchange(request).await.shows("Your account");
        let request = Request::get("/account")
            .header(name, &value)
            .body(Body::empty())
            .unwrap();
        send(&site.router, request)
            .await
            .leads_to("/login?next=%2Faccount");
    }
}

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
