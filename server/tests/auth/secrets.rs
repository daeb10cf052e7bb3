//! A password appears in no response, log line or row, and `Debug` shows no secret.

use std::time::Duration;

use app::auth::{Password, SigningKeys};

use crate::support::site::{SECRET, site};
use crate::support::visitor::{MARKER, email, password};

#[tokio::test]
async fn no_password_or_cookie_appears_in_a_response_the_log_or_a_row() {
    let site = site().await;
    let mut ada = site.visitor();
    let mut bodies = Vec::new();
    let (address, right) = (email("Ada"), password("Ada"));
    let wrong = format!("{right} wrong");
    bodies.push(ada.sign_up("Ada").await);
    bodies.push(ada.visit("/login").await);
    for password in [&*right, &wrong, &MARKER.repeat(60)] {
        for path in ["/api/login", "/api/signup"] {
            let fields = [
                ("name", "Ada"),
                ("email", &*address),
                ("password", password),
                ("next", "/account"),
            ];
            bodies.push(ada.submit(path, &fields).await);
            bodies.push(ada.visit(path.trim_start_matches("/api")).await);
            bodies.push(ada.call(path, &fields).await);
            bodies.push(ada.submit(path, &[fields[2], fields[2]]).await);
            bodies.push(ada.ask(&format!("{path}?x")).await);
        }
    }
    ada.log_in("Ada").await;
    let cookie = ada.session_cookie().to_owned();
    for path in ["/", "/account", "/no/such/page", "/api/account"] {
        bodies.push(ada.visit(path).await);
    }
    site.pass(Duration::from_secs(301));
    bodies.push(ada.visit("/").await);
    ada.log_out().await;

    for answer in &bodies {
        assert!(
            !answer.body.contains(MARKER) && !answer.body.contains(&cookie),
            "{}",
            answer.body
        );
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains(MARKER), "{headers}");
    }
    let log = site.log.lines();
    assert!(
        log.iter().any(|line| line.contains("user_logged_in")),
        "the log was captured"
    );
    for line in log {
        assert!(
            !line.contains(MARKER) && !line.contains(&cookie) && !line.contains(SECRET),
            "{line}"
        );
        assert!(!line.contains("argon2id"), "{line}");
    }
    for table in ["users", "sessions"] {
        for row in site.rows(table).await {
            assert!(!row.contains(MARKER) && !row.contains(&cookie), "{row}");
        }
    }
}

#[test]
fn debug_of_a_password_shows_no_secret() {
    let password: Password = serde_json::from_str(r#""four words in a row""#).unwrap();
    assert_eq!(format!("{password:?}"), "Password(REDACTED)");
}

#[test]
fn debug_of_the_signing_keys_shows_only_their_number() {
    let keys = SigningKeys::new(&SECRET.into(), &[]).unwrap();
    assert_eq!(format!("{keys:?}"), "SigningKeys([1 REDACTED])");
}
