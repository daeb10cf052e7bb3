use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use leptos_axum::AxumRouteListing;
use server::ROUTES;

use crate::support::site::{Settings, cost, site, site_with};
use crate::support::visitor::{SESSION, email, password};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);

/// A second less than the idle time-out of a session.
const NEARLY: Duration = Duration::from_secs(12 * 3600 - 1);

#[tokio::test]
async fn a_login_redirects_to_the_home_page() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await.leads_to("/");
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_login_call_returns_the_user_and_does_not_redirect() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let fields = [("email", &*email("Ada")), ("password", &password("Ada"))];
    let answer = ada.call("/api/login", &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.location(), None);
    assert_eq!(answer.json()["name"], "Ada");
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn the_address_matches_in_any_case_and_with_spaces_around_it() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let fields = [
        ("email", "  ADA@Example.COM "),
        ("password", &password("Ada")),
    ];
    ada.submit("/api/login", &fields).await.leads_to("/");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_response_and_no_session() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let wrong = [("email", &*email("Ada")), ("password", "a wrong password")];
    let unknown = [
        ("email", &*email("Nobody")),
        ("password", "a wrong password"),
    ];

    let (wrong_queries, wrong) = site.queries(ada.call("/api/login", &wrong)).await;
    let (unknown_queries, unknown) = site.queries(ada.call("/api/login", &unknown)).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.body, r#""invalid_credentials""#);
    assert_eq!(
        (wrong.status, &wrong.body, &wrong.headers),
        (unknown.status, &unknown.body, &unknown.headers)
    );
    assert_eq!(wrong_queries, unknown_queries);
    assert!(site.rows("sessions").await.is_empty());
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    // The cost is high enough that a missing hash is measurable, even on a busy machine.
    let cost = cost(64 * 1024, 3);
    let site = site_with(Settings {
        cost,
        ..Settings::default()
    })
    .await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let mut times = Vec::new();
    for name in ["Ada", "Nobody"] {
        let start = std::time::Instant::now();
        ada.call(
            "/api/login",
            &[("email", &email(name)), ("password", "a wrong password")],
        )
        .await;
        times.push(start.elapsed());
    }
    let (wrong, unknown) = (times[0], times[1]);
    assert!(
        unknown > wrong / 4,
        "{unknown:?} for an unknown address, {wrong:?} for a wrong password"
    );
}

#[tokio::test]
async fn without_javascript_the_form_shows_the_error_and_keeps_the_address() {
    let site = site().await;
    let mut ada = site.visitor();
    let fields = [
        ("email", "ada@example.com"),
        ("password", "wrong"),
        ("next", "/account"),
    ];
    ada.submit("/api/login", &fields)
        .await
        .leads_to("/login?next=%2Faccount");

    let page = ada.visit("/login?next=%2Faccount").await;
    page.shows("Wrong email or password. ");
    page.shows(r#"value="ada@example.com""#);
    page.shows(r#"name="next" value="/account""#);
    page.shows(r#"name="remember" value="on">"#);

    // The message is shown once.
    let page = ada.visit("/login").await;
    assert!(!page.body.contains("Wrong email"));
    assert!(!page.body.contains("ada@example.com"));
}

#[tokio::test]
async fn without_javascript_the_checkbox_stays_ticked() {
    let site = site().await;
    let mut ada = site.visitor();
    let fields = [
        ("email", "ada@example.com"),
        ("password", "wrong"),
        ("remember", "on"),
    ];
    ada.submit("/api/login", &fields).await;
    let page = ada.visit("/login").await;
    page.shows(r#"name="remember" value="on" checked"#);
}

#[tokio::test]
async fn a_message_that_is_not_fetched_expires() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.submit(
        "/api/login",
        &[("email", "ada@example.com"), ("password", "wrong")],
    )
    .await;
    site.pass(Duration::from_secs(61));
    assert!(!ada.visit("/login").await.body.contains("Wrong email"));
}

/// A session that was planted before the login is invalid after it.
#[tokio::test]
async fn a_login_replaces_the_session_that_came_with_the_request() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let first = ada.session_cookie().to_owned();
    ada.log_in("Ada").await;
    assert_ne!(ada.session_cookie(), first);
    assert_eq!(site.rows("sessions").await.len(), 1);

    let mut copy = site.visitor();
    copy.set_session_cookie(first);
    assert!(copy.is_guest().await);
    assert!(!ada.is_guest().await);
}

/// The replaced session may be another user's.
#[tokio::test]
async fn a_login_as_another_user_ends_the_first_users_session() {
    let site = site().await;
    site.visitor().sign_up("Grace").await;
    let mut browser = site.user("Ada").await;
    browser.log_in("Grace").await;
    assert_eq!(browser.name().await.as_deref(), Some("Grace"));
    assert_eq!(site.rows("sessions").await.len(), 1);
}

#[tokio::test]
async fn two_browsers_have_two_sessions() {
    let site = site().await;
    let mut one = site.user("Ada").await;
    let mut other = site.visitor();
    other.log_in("Ada").await;
    one.log_out().await;
    assert!(one.is_guest().await);
    assert_eq!(other.name().await.as_deref(), Some("Ada"));
}

/// ASVS 7.3.1.
#[tokio::test]
async fn a_session_ends_after_its_idle_timeout() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..2 {
        site.pass(NEARLY);
        assert!(!ada.is_guest().await, "each visit restarts the time-out");
    }
    let mut ada = site.user("Ada").await;
    site.pass(12 * HOUR);
    assert!(ada.is_guest().await);
    // "Last seen" is written at most every five minutes, so this earlier visit is not recorded.
    let mut ada = site.user("Ada").await;
    for (seconds, is_over) in [(299, false), (12 * 3600 - 299, true)] {
        site.pass(Duration::from_secs(seconds));
        assert_eq!(ada.is_guest().await, is_over);
    }
}

/// ASVS 7.3.1.
#[tokio::test]
async fn a_request_that_does_not_load_the_user_does_not_prolong_the_session() {
    let site = site().await;
    std::fs::write(site.files().join("robots.txt"), "User-agent: *").unwrap();
    for (method, path, is_visit) in [
        (Method::GET, "/account", true),
        (Method::GET, "/api/current_user", true),
        (Method::GET, "/robots.txt", false),
        (Method::GET, "/health/live", false),
        (Method::GET, "/health/ready", false),
        (Method::HEAD, "/account", false),
        (Method::OPTIONS, "/account", false),
    ] {
        let mut ada = site.user("Ada").await;
        site.pass(NEARLY);
        let request = Request::builder().method(&method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        ada.exchange(request).await;
        site.pass(SECOND);
        assert_eq!(!ada.is_guest().await, is_visit, "{method} {path}");
    }
}

#[tokio::test]
async fn a_session_ends_after_a_day_even_if_it_is_used() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let begun = site.clock.load(Ordering::SeqCst);
    for _ in 0..23 {
        site.pass(HOUR);
        assert!(!ada.is_guest().await);
    }
    // The row expires as well as the cookie, so a stolen signing key cannot prolong a session.
    let row = site.rows("sessions").await.remove(0);
    assert!(
        row.contains(&format!("expires_at={}", begun + 86_400)),
        "{row}"
    );
    site.pass(HOUR);
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn without_remember_me_the_session_cookie_ends_with_the_browser() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let answer = ada.log_in("Ada").await;
    let cookie = answer.cookie(SESSION);
    assert_eq!((cookie.max_age(), cookie.expires()), (None, None));
}

#[tokio::test]
async fn a_password_is_rehashed_at_login_when_the_cost_has_grown() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    assert!(site.rows("users").await[0].contains("m=8,t=1"));

    let site = site
        .restarted_with(|settings| settings.cost = cost(16, 2))
        .await;
    let mut ada = site.visitor();
    ada.log_in("Ada").await.leads_to("/");
    assert!(site.rows("users").await[0].contains("m=16,t=2"));
    ada.log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn a_logged_in_visitor_is_redirected_from_the_login_and_signup_pages() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.visit("/login").await.leads_to("/");
    ada.visit("/login?next=%2Faccount")
        .await
        .leads_to("/account");
    ada.visit("/signup?next=%2Faccount")
        .await
        .leads_to("/account");
    ada.visit("/login?next=%2F%2Fevil.test").await.leads_to("/");
    ada.visit("/login?next=%2Faccount&next=%2F%2Fevil.test")
        .await
        .leads_to("/");
}

/// ASVS 3.2.2.
#[tokio::test]
async fn a_users_name_is_escaped_in_pages() {
    for name in [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
    ] {
        let site = site().await;
        let mut mallory = site.user_called(name).await;
        let escaped = name.replace('<', "&lt;").replace('>', "&gt;");
        mallory.create_token(name).await;
        mallory.visit("/account/tokens").await.shows(&escaped);
        // In the page's serialized data the name is escaped, too.
        let in_data = name.replace('<', r"\\u003c");
        mallory.visit("/account").await.shows(&in_data);
        let pages = ROUTES.iter().map(AxumRouteListing::path);
        for path in pages.chain(["/no/such/page"]) {
            let page = mallory.visit(path).await.body;
            for markup in ["<img src", "<script>alert"] {
                assert!(!page.contains(markup), "{path}: {markup}");
            }
        }
    }
}

#[tokio::test]
async fn a_failed_login_is_logged() {
    let site = site().await;
    site.visitor().log_in("Nobody").await;
    assert!(
        site.log
            .lines()
            .iter()
            .any(|line| line.contains("login_failed"))
    );
}

/// In a browser that is known. With the BEGIN and COMMIT of two transactions, twelve statements. One transaction counts the attempt before the hash,
/// the other stores the login after it.
#[tokio::test]
async fn a_login_takes_eight_statements() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.address = Some(([192, 0, 2, 1], 4711).into());
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await;
    ada.log_out().await;
    let (statements, answer) = site.queries(ada.log_in("Ada")).await;
    answer.leads_to("/");
    // PostgreSQL's driver also logs the two BEGINs.
    let begins = if std::env::var_os("TEST_DATABASE_URL").is_some() {
        2
    } else {
        0
    };
    assert_eq!(statements, 8 + begins);
}
