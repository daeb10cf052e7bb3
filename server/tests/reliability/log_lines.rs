//! What the log contains, and what it must not contain.

use axum::body::Body;
use axum::http::{Request, header};

use tracing_subscriber::util::SubscriberInitExt;

use crate::support::site::{BASE, Settings, Site, site, site_with};
use crate::support::visitor::{email, encode, send, send_bare};
use app::auth::Options;

fn lines(site: &Site, text: &str) -> Vec<String> {
    let lines = site.log.lines().into_iter();
    lines.filter(|line| line.contains(text)).collect()
}

#[tokio::test]
async fn a_failed_login_logs_the_account_and_not_the_typed_values() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = ada.ask("/api/current_user").await.json()["user"]["id"].clone();
    let address = email("Ada");
    for (typed, known) in [(&*address, true), ("typed-a-password@here.test", false)] {
        let fields = [("email", typed), ("password", "wrong")];
        site.visitor().call("/api/login", &fields).await;
        let line = lines(&site, "login_failed").pop().expect("a line");
        assert_eq!(line.contains(user.as_str().unwrap()), known, "{line}");
        assert_eq!(lines(&site, typed), Vec::<String>::new());
    }
}

/// ASVS 14.2.1.
#[tokio::test]
async fn the_query_string_is_not_logged() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for path in [
        "/account?password=typed-into-the-bar",
        "/api/account?password=typed-into-the-bar",
    ] {
        ada.visit(path).await;
    }
    assert!(!lines(&site, "/account").is_empty());
    assert_eq!(lines(&site, "typed-into-the-bar"), Vec::<String>::new());
}

/// A request whose client tries to choose its id in the log.
async fn named(site: &Site, id: &str) {
    let request = Request::post("/api/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-request-id", id)
        .body(Body::from(encode(&[
            ("email", "a@b.test"),
            ("password", "x"),
        ])));
    send(&site.router, request.unwrap()).await;
}

#[tokio::test]
async fn a_client_cannot_choose_the_id_of_its_request_in_the_log() {
    let ours = site().await;
    named(&ours, "chosen-by-a-stranger").await;
    assert_eq!(lines(&ours, "chosen-by-a-stranger").len(), 0);
    assert!(
        lines(&ours, "method=POST")
            .iter()
            .all(|line| line.contains(" id="))
    );
    assert!(!lines(&ours, "method=POST").is_empty());
}

#[tokio::test]
async fn behind_a_trusted_proxy_a_request_keeps_the_proxys_id() {
    let options = Options {
        proxies: 1,
        ..Options::default()
    };
    let behind = site_with(Settings {
        options,
        ..Settings::default()
    })
    .await;
    named(&behind, "chosen-by-our-proxy").await;
    assert!(!lines(&behind, "chosen-by-our-proxy").is_empty());
    // A proxy that forwards the client's own header.
    let long = "x".repeat(65);
    for handed_on in [&*long, "of a stranger", "a=b", "<b>"] {
        named(&behind, handed_on).await;
        assert!(lines(&behind, handed_on).is_empty(), "{handed_on}");
    }
}

#[tokio::test]
async fn a_request_cannot_forge_a_log_line() {
    let site = site().await;
    let hostile =
        "x\r\n{\"level\":\"INFO\",\"kind\":\"user_logged_in\"}\u{1b}[2J\u{2028}\u{202e}@b.test";
    for path in ["/api/login", "/api/signup"] {
        let fields = [
            ("name", hostile),
            ("email", hostile),
            ("password", "x"),
            ("next", hostile),
        ];
        site.visitor().call(path, &fields).await;
    }
    for line in site.log.lines() {
        assert!(
            !line.contains("user_logged_in") && !line.contains('\u{1b}'),
            "{line}"
        );
    }
}

/// ASVS 16.2.1, 16.2.2, 16.2.4, 16.4.1: the lines that the program writes for hostile requests.
#[tokio::test]
async fn a_release_build_logs_json_objects_with_a_time_and_a_level() {
    let options = Options {
        proxies: 1,
        ..Options::default()
    };
    let site = site_with(Settings {
        options,
        ..Settings::default()
    })
    .await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let written = file.reopen().unwrap();
    let guard = server::log::log(true, std::sync::Mutex::new(written)).set_default();
    let mut ada = site.user("Ada").await;
    let hostile = "\"}\n{\"level\":\"INFO\",\"fields\":{\"kind\":\"user_logged_in\"}}";
    let fields = [("email", &*email("Ada")), ("password", hostile)];
    site.visitor().call("/api/login", &fields).await;
    for path in ["/x%22%7d%0a%7b", "/account?%22%7d%0a"] {
        let request = Request::post(path)
            .header("sec-fetch-site", "cross-site")
            .header("x-forwarded-for", "\"}, {\"")
            .header("user-agent", "\"}\t{")
            .body(Body::empty());
        send(&site.router, request.unwrap()).await;
    }
    ada.log_out().await;
    drop(guard);

    let text = std::fs::read_to_string(file.path()).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line));
    let lines: Vec<serde_json::Value> = lines.collect();
    for line in &lines {
        let time = line["timestamp"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.contains('T'), "{line}");
        assert!(
            line["level"].is_string() && line["target"].is_string(),
            "{line}"
        );
    }
    let of = |kind: &str| {
        lines
            .iter()
            .filter(|line| line["fields"]["kind"] == kind)
            .count()
    };
    let kinds = [
        "user_logged_in",
        "login_failed",
        "cross_site_refused",
        "user_logged_out",
    ];
    assert_eq!(kinds.map(of), [1, 1, 2, 1], "{text}");
    let failed = lines
        .iter()
        .find(|line| line["fields"]["kind"] == "login_failed");
    let failed = failed.unwrap();
    assert!(
        !failed["fields"]["user"].as_str().unwrap().is_empty(),
        "{failed}"
    );
    assert!(failed["fields"]["address"].is_string());
    assert_eq!(failed["span"]["path"], "/api/login");
    assert_eq!(failed["span"]["method"], "POST");
    assert!(failed["span"]["id"].as_str().unwrap().len() > 30);
}

#[tokio::test]
async fn a_refused_cross_site_request_logs_the_sent_and_the_expected_origin() {
    let site = site().await;
    for origin in [
        "http://localhost:3000",
        &"x".repeat(5000),
        "https://a.test\u{fffd}",
    ] {
        let request = Request::post("/api/login")
            .header(
                header::ORIGIN,
                header::HeaderValue::from_str(origin).unwrap(),
            )
            .header(header::REFERER, "https://evil.test/?token=in-an-address")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encode(&[("password", "typed-a-password")])));
        send_bare(&site.router, request.unwrap()).await;
        let line = lines(&site, "a cross-site request was refused")
            .pop()
            .expect("a line");
        assert!(
            line.contains(&origin[..10]) && line.contains(BASE),
            "{line}"
        );
        assert!(line.len() < 1000, "{} bytes", line.len());
    }
    for secret in ["in-an-address", "typed-a-password"] {
        assert_eq!(lines(&site, secret), Vec::<String>::new());
    }
}
