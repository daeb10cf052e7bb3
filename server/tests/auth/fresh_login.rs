//! Fresh login: sensitive actions need a password that was given recently.

use std::sync::Arc;
use std::time::Duration;

use app::auth::Access;
use app::auth::LoginViews;
use app::auth::{AuthError, EventKind, LoginOptions, Options};
use app::pages::ACCESS;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::IntoResponse;

use crate::support::refusal::RefusalPage;
use crate::support::site::{Settings, Site, site, site_with};
use crate::support::visitor::password;

const MINUTE: Duration = Duration::from_mins(1);

async fn with_options(options: Options) -> Site {
    site_with(Settings {
        options,
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn deleting_the_account_needs_a_fresh_login() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    site.events();
    ada.visit("/account/delete")
        .await
        .leads_to("/confirm?next=%2Faccount%2Fdelete");
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserNeedsRefresh]
    );
    ada.confirm("Ada").await;
    ada.visit("/account/delete")
        .await
        .shows(r#"<form action="/api/delete_account""#);
}

#[tokio::test]
async fn a_login_is_fresh_for_twenty_minutes() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.pass(19 * MINUTE);
    ada.visit("/account/delete")
        .await
        .shows(r#"<form action="/api/delete_account""#);
    site.pass(MINUTE);
    ada.visit("/account/delete")
        .await
        .leads_to("/confirm?next=%2Faccount%2Fdelete");
    assert!(!ada.is_guest().await);
}

#[tokio::test]
async fn the_app_chooses_how_long_a_login_is_fresh() {
    let site = with_options(Options {
        fresh: MINUTE,
        ..Options::default()
    })
    .await;
    let mut ada = site.user("Ada").await;
    site.pass(MINUTE);
    assert!(!ada.is_fresh().await);
}

/// A guest is redirected to the login page, not to the page that confirms the password.
#[tokio::test]
async fn a_guest_on_a_fresh_page_logs_in_and_need_not_confirm() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let fresh = ACCESS.iter();
    let fresh = fresh.filter(|(_, access)| matches!(access, Access::FreshLoginRequired));
    let fresh: Vec<_> = fresh.map(|(path, _)| *path).collect();
    assert!(!fresh.is_empty());
    for path in fresh {
        ada.visit(path)
            .await
            .leads_to(&app::auth::guards::next::login_url("/login", path));
    }
    ada.log_in_to("Ada", "/account/delete")
        .await
        .leads_to("/account/delete");
    assert!(ada.is_fresh().await);
}

#[tokio::test]
async fn a_remembered_visitor_confirms_the_password_and_stays_remembered() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    ada.visit("/account/delete")
        .await
        .leads_to("/confirm?next=%2Faccount%2Fdelete");
    let page = ada.visit("/confirm?next=%2Faccount%2Fdelete").await;
    page.shows("Please confirm your password to continue.");
    page.shows(r#"name="next" value="/account/delete""#);

    let fields = [
        ("current_password", &*password("Ada")),
        ("next", "/account/delete"),
    ];
    ada.submit("/api/confirm", &fields)
        .await
        .leads_to("/account/delete");
    ada.visit("/account/delete")
        .await
        .shows(r#"<form action="/api/delete_account""#);
    let remembered =
        |session: app::auth::AuthSession| async move { session.login_remembered().await };
    assert!(site.within(&mut ada, remembered).await.unwrap());
}

#[tokio::test]
async fn a_wrong_password_does_not_confirm_and_shows_an_error() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    let fields = [("current_password", "wrong"), ("next", "/account/delete")];
    ada.submit("/api/confirm", &fields)
        .await
        .leads_to("/confirm?next=%2Faccount%2Fdelete");
    ada.visit("/confirm?next=%2Faccount%2Fdelete")
        .await
        .shows("Wrong password.");
    assert!(!ada.is_fresh().await);
    let answer = ada.call("/api/confirm", &fields).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::UNAUTHORIZED, r#""wrong_password""#)
    );
    assert!(!ada.is_guest().await);
}

/// ASVS 7.2.4: each authentication creates a new token.
#[tokio::test]
async fn confirming_begins_a_new_session_and_the_old_cookie_is_invalid() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut copy = ada.clone();
    site.pass(30 * MINUTE);
    ada.confirm("Ada").await.leads_to("/");
    assert_ne!(ada.session_cookie(), copy.session_cookie());
    assert!(copy.is_guest().await);
    assert!(ada.is_fresh().await);
    assert_eq!(site.rows("sessions").await.len(), 1);
}

/// Flask-Login's `confirm_login` accepts a guest, too; here it is an error.
#[tokio::test]
async fn confirming_emits_one_event_and_does_nothing_for_a_guest() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    ada.confirm("Ada").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserLoginConfirmed]
    );
    let mut guest = site.visitor();
    guest.confirm("Ada").await.leads_to("/login");
    let answer = guest
        .call("/api/confirm", &[("current_password", "x")])
        .await;
    assert_eq!(answer.body, r#""login_required""#);
    assert!(!site.events().contains(&EventKind::UserLoginConfirmed));
    let result = site
        .within(&mut guest, |session| async move {
            session.confirm_login().await
        })
        .await;
    assert_eq!(result, Err(AuthError::LoginRequired));
}

#[tokio::test]
async fn being_asked_to_confirm_emits_one_event() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    site.events();
    ada.visit("/account/delete").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserNeedsRefresh]
    );
}

#[tokio::test]
async fn the_app_can_choose_the_response() {
    let site = with_options(Options {
        needs_refresh: Some(Arc::new(|refused| {
            (StatusCode::IM_A_TEAPOT, refused.uri.path().to_owned()).into_response()
        })),
        ..Options::default()
    })
    .await;
    let mut ada = site.stale_user("Ada").await;
    let answer = ada.visit("/account/delete").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::IM_A_TEAPOT, "/account/delete")
    );
}

#[tokio::test]
async fn without_a_confirmation_page_the_response_is_401() {
    let site = with_options(Options {
        login_views: LoginViews {
            refresh: None,
            ..LoginViews::default()
        },
        ..Options::default()
    })
    .await;
    let mut ada = site.stale_user("Ada").await;
    let answer = ada.visit("/account/delete").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let heading = RefusalPage::of(&answer).heading;
    assert_eq!(heading, "Please confirm your password to continue.");
}

/// A client that does not accept HTML cannot use a redirect to a form.
#[tokio::test]
async fn a_client_that_does_not_accept_html_gets_a_code() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    let answer = ada.ask("/account/delete").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::UNAUTHORIZED, r#""fresh_login_required""#)
    );
}

#[tokio::test]
async fn a_call_without_a_fresh_login_gets_an_error_code_and_changes_nothing() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    for (path, fields) in [
        (
            "/api/create_token",
            &[("token_name", "CI"), ("days", "30")][..],
        ),
        ("/api/delete_account", &[]),
    ] {
        let answer = ada.call(path, fields).await;
        assert_eq!(
            (answer.status, &*answer.body),
            (StatusCode::UNAUTHORIZED, r#""fresh_login_required""#),
            "{path}"
        );
    }
    assert_eq!(site.rows("access_tokens").await.len(), 0);
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn without_javascript_a_form_keeps_its_values_through_the_confirmation() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    let fields = [("token_name", "My <b>CI</b> & co"), ("days", "7")];
    ada.submit("/api/create_token", &fields)
        .await
        .leads_to("/confirm?next=%2Faccount%2Ftokens");

    // The confirmation page keeps the typed values, even after a wrong password.
    let mut typed = String::new();
    for password in ["wrong", &password("Ada")] {
        let page = ada.visit("/confirm?next=%2Faccount%2Ftokens").await;
        typed = hidden(&page.body, "typed");
        let fields = [
            ("current_password", password),
            ("next", "/account/tokens"),
            ("typed", &typed),
        ];
        ada.submit("/api/confirm", &fields).await;
    }
    assert!(typed.contains("My <b>CI</b> & co"), "{typed}");
    let page = ada.visit("/account/tokens").await;
    page.shows(r#"value="My &lt;b&gt;CI&lt;/b&gt; &amp; co""#);
    page.shows(r#"value="7""#);
    ada.submit("/api/create_token", &fields)
        .await
        .leads_to("/account/tokens");
    ada.visit("/account/tokens").await.shows("lk_");
}

/// The value of a hidden input, decoded as by a browser.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!(r#"name="{name}" value=""#))
        .expect("the field");
    let (value, _) = rest.split_once('"').unwrap();
    value
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn options_is_never_redirected_and_loads_no_user() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    let mut guest = site.visitor();
    for path in ["/account", "/account/delete"] {
        for visitor in [&mut ada, &mut guest] {
            let request = Request::builder()
                .method(Method::OPTIONS)
                .uri(path)
                .body(Body::empty())
                .unwrap();
            let (queries, answer) = site.queries(visitor.exchange(request)).await;
            assert_eq!((queries, answer.location()), (0, None), "{path}");
            assert_eq!(answer.headers["allow"], "GET,HEAD");
            assert!(!answer.headers.contains_key("vary"));
        }
    }
}

#[tokio::test]
async fn an_app_can_begin_a_session_that_is_not_fresh() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.within(&mut ada, |session| async move {
        let user = session.load().await.unwrap().unwrap().account;
        let how = LoginOptions {
            fresh: false,
            ..LoginOptions::default()
        };
        session.login_user(&user, how).await.unwrap();
        assert!(!session.login_fresh().await.unwrap());
    })
    .await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert!(!ada.is_fresh().await);
}

#[tokio::test]
async fn deleting_an_account_deletes_all_its_sessions_and_tokens() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    let token = ada.create_token("CI").await;
    ada.submit("/api/delete_account", &[]).await.leads_to("/");
    assert!(ada.is_guest().await);
    assert!(phone.is_guest().await);
    phone.close_browser();
    assert!(phone.is_guest().await);
    let mut script = site.visitor();
    script.token = Some(token);
    assert_eq!(
        script.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    for table in ["users", "sessions", "remembered", "access_tokens"] {
        assert_eq!(site.rows(table).await.len(), 0, "{table}");
    }
}
