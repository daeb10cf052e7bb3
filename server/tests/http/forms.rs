//! Form fields: broken, overlong, unknown or hostile values are refused with a message, and no typed value is lost.

use std::time::Duration;

use app::auth::EventKind;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::refusal::RefusalPage;
use crate::support::site::{Site, site};
use crate::support::visitor::{Answer, HTML, SESSION, email, encode, password, send};

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

pub(super) async fn post(
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

pub(super) async fn rows_of(site: &Site) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in ["users", "sessions", "remembered", "access_tokens"] {
        all.push(site.rows(table).await);
    }
    all
}

/// The refusal has a short text, has no effect, and reveals no internals.
pub(super) async fn assert_refused(site: &Site, answer: &Answer, what: &str) {
    assert!(
        answer.status.is_client_error(),
        "{what}: {} {}",
        answer.status,
        answer.body
    );
    let page = answer.body.starts_with("<!DOCTYPE html>");
    let text = if page {
        RefusalPage::of(answer).heading
    } else {
        answer.body.clone()
    };
    assert!(text.len() < 100, "{what}: {text}");
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
async fn a_broken_form_is_answered_with_a_page_for_browsers() {
    let site = site().await;
    let answer = post(&site, "/api/login", HTML, Some(FORM), "email=a&email=b").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let page = RefusalPage::of(&answer);
    assert_eq!(page.heading, "Something was wrong with that request.");
    assert_eq!(page.hint, "Go back and try again.");
}

#[tokio::test]
async fn overlong_fields_show_an_error_on_the_form_and_keep_their_values() {
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

/// The hidden field `typed` holds JSON with the values of another form. Broken JSON in it has no effect.
#[tokio::test]
async fn broken_json_in_the_typed_field_has_no_effect() {
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
            let fields = [("current_password", &*password), ("typed", &typed)];
            let answer = ada.submit("/api/confirm", &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{typed:.40}");
        }
    }
    assert!(!ada.is_guest().await);
}

/// In each field and in the log.
#[tokio::test]
async fn input_with_special_meaning_for_a_database_or_a_log_is_plain_text() {
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
        "x\r\nset-cookie: latchkey_session=x",
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
                format!("{SESSION}={}", text.replace(|c: char| c.is_control(), "")),
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

#[tokio::test]
async fn an_error_is_shown_even_if_the_fields_are_too_long_for_a_cookie() {
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
async fn broken_forms_emit_an_event() {
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
async fn a_sign_up_sets_only_its_own_fields() {
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

    // The session shows exactly these fields of the user.
    let mut ada = site.visitor();
    ada.log_in("Ada").await;
    let user = ada.ask("/api/current_user").await.json()["user"].clone();
    for field in ["id", "email", "is_active"] {
        assert!(!user[field].is_null(), "{field}");
    }
    for field in [
        "password_hash",
        "password_version",
        "email_key",
        "created_at",
    ] {
        assert!(user[field].is_null(), "{field}");
    }
}

/// The browser's code recognises a refused call by this header; a form without JavaScript does not need it.
#[tokio::test]
async fn a_refused_call_has_the_error_header() {
    let site = site().await;
    let fields = [("email", "nobody@example.com"), ("password", "wrong")];
    let answer = site.visitor().call("/api/login", &fields).await;
    assert!(answer.headers.contains_key("serverfnerror"));
    let answer = site.visitor().submit("/api/login", &fields).await;
    assert!(!answer.headers.contains_key("serverfnerror"));
}
