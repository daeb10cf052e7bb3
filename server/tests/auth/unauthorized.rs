//! The response to a guest on a closed page, and how an app changes it.

use std::sync::Arc;

use app::auth::LoginViews;
use app::auth::forms::messages::{Message, Text, from_files};
use app::auth::{AuthNotice, EventKind, Options, Protection};
use app::error::Notice;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::IntoResponse;

use crate::support::refusal::RefusalPage;
use crate::support::site::{Settings, Site, site, site_with};

async fn with_options(options: Options) -> Site {
    site_with(Settings {
        options,
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn a_rejected_guest_emits_one_event() {
    let site = site().await;
    site.visitor().visit("/account").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserUnauthorized]
    );
    site.visitor().ask("/api/account").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserUnauthorized]
    );
}

#[tokio::test]
async fn the_login_page_shows_the_reason_with_its_message_category() {
    let site = site().await;
    let mut guest = site.visitor();
    guest
        .visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
    guest
        .visit("/login?next=%2Faccount")
        .await
        .tells("notice", "Please log in to access this page.");
    let page = guest.visit("/login").await;
    assert!(
        !page.body.contains("Please log in"),
        "the visitor was not redirected here"
    );
}

fn german(message: Message) -> Text {
    match message {
        Message::Notice(Notice::Auth(AuthNotice::LoginRequired)) => Text {
            text: "Bitte melde dich an.".into(),
            category: "hinweis",
        },
        Message::Notice(Notice::Auth(AuthNotice::FreshLoginRequired)) => Text {
            text: "Bitte noch einmal dein Passwort.".into(),
            category: "hinweis",
        },
        other => from_files(other),
    }
}

#[tokio::test]
async fn the_app_changes_texts_and_categories_in_one_function() {
    let site = with_options(Options {
        texts: german,
        ..Options::default()
    })
    .await;
    let mut ada = site.stale_user("Ada").await;
    ada.visit("/confirm?next=%2Faccount%2Fdelete")
        .await
        .tells("hinweis", "Bitte noch einmal dein Passwort.");
    site.visitor()
        .visit("/login?next=%2Faccount")
        .await
        .tells("hinweis", "Bitte melde dich an.");
}

#[tokio::test]
async fn an_empty_text_is_not_shown() {
    let silent = |message: Message<'_>| Text {
        text: "".into(),
        ..from_files(message)
    };
    let site = with_options(Options {
        texts: silent,
        ..Options::default()
    })
    .await;
    let page = site.visitor().visit("/login?next=%2Faccount").await;
    assert!(!page.body.contains(r#"class="message"#));
}

#[tokio::test]
async fn the_app_can_choose_the_response() {
    let site = with_options(Options {
        unauthorized: Some(Arc::new(|refused| {
            let body = format!("{} {} is for members", refused.method, refused.uri);
            (StatusCode::UNAUTHORIZED, body).into_response()
        })),
        ..Options::default()
    })
    .await;
    let answer = site.visitor().visit("/account?tab=2").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.body, "GET /account?tab=2 is for members");
}

#[tokio::test]
async fn without_a_login_page_the_response_is_401() {
    let site = with_options(Options {
        login_views: LoginViews {
            app: None,
            areas: &[],
            ..LoginViews::default()
        },
        ..Options::default()
    })
    .await;
    let answer = site.visitor().visit("/account").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let heading = RefusalPage::of(&answer).heading;
    assert_eq!(heading, "Please log in to continue.");
    assert_eq!(answer.headers["cache-control"], "private, no-store");
}

/// All pages and server functions of the app are async.
#[tokio::test]
async fn after_the_login_the_page_is_shown() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.visit("/account").await.is_page_of("Ada");
    assert_eq!(ada.ask("/api/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_html_in_accept_the_response_is_a_code_and_without_accept_a_redirect() {
    let site = site().await;
    for (accept, html) in [
        (None, true),
        (Some("*/*"), true),
        (Some("text/*;q=0.5"), true),
        (Some("application/json, text/html;q=0.9"), true),
        (Some("application/xhtml+xml"), true),
        (Some("application/json"), false),
        (Some("image/png"), false),
        (Some("text/htmlx"), false),
    ] {
        let mut request = Request::get("/account").body(Body::empty()).unwrap();
        if let Some(accept) = accept {
            let accept = accept.parse().unwrap();
            request.headers_mut().insert(header::ACCEPT, accept);
        }
        let answer = site.visitor().exchange(request).await;
        if html {
            answer.leads_to("/login?next=%2Faccount");
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{accept:?}");
            assert_eq!(answer.body, r#""login_required""#);
            assert_eq!(answer.headers["content-type"], "application/json");
        }
    }
}

/// The page to return to is in the URL, so it does not depend on a session, and nothing is stored for a guest.
#[tokio::test]
async fn next_needs_no_session() {
    let site = with_options(Options {
        protection: Protection::Strong,
        ..Options::default()
    })
    .await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let answer = ada.visit("/account").await;
    answer.leads_to("/login?next=%2Faccount");
    assert_eq!(answer.cookies().len(), 0);
    ada.visit("/login?next=%2Faccount")
        .await
        .shows(r#"name="next" value="/account""#);
    ada.log_in_to("Ada", "/account").await.leads_to("/account");
}

const AREAS: LoginViews = LoginViews {
    app: Some("/login"),
    areas: &[
        ("/admin", "/admin/login"),
        ("/admin/audit", "/audit/login?strict=1"),
        ("/shop", "https://auth.example.com/login"),
    ],
    refresh: None,
};

#[test]
fn an_area_has_its_own_login_page_for_every_path_below_it() {
    for (path, view) in [
        ("/account", "/login"),
        ("/", "/login"),
        ("/admin", "/admin/login"),
        ("/admin/users", "/admin/login"),
        ("/admin/users/7", "/admin/login"),
        ("/administrators", "/login"),
        ("/admin/audit", "/audit/login?strict=1"),
        ("/admin/audit/2026", "/audit/login?strict=1"),
        ("/admin/auditors", "/admin/login"),
        ("/shop/cart", "https://auth.example.com/login"),
        ("/no/area", "/login"),
    ] {
        assert_eq!(AREAS.at(path), Some(view), "{path}");
    }
}

/// A visitor who mistypes the password on that login page, or signs up first, still returns to the same page.
#[test]
fn the_login_page_of_an_area_keeps_next() {
    for (next, url) in [
        ("/account", "/login?next=%2Faccount"),
        ("", "/login"),
        (
            "/admin?sort=name",
            "/admin/login?next=%2Fadmin%3Fsort%3Dname",
        ),
        ("/admin#top", "/admin/login?next=%2Fadmin%23top"),
        (
            "/admin/audit/7",
            "/audit/login?strict=1&next=%2Fadmin%2Faudit%2F7",
        ),
        ("//admin/users", "/login"),
    ] {
        assert_eq!(AREAS.url(next), url, "{next}");
    }
}

/// The login pages of the areas and of the app are one value, so the order of configuration does not matter.
#[tokio::test]
async fn a_closed_page_redirects_to_the_login_page_of_its_area() {
    let site = with_options(Options {
        login_views: LoginViews {
            app: Some("/login"),
            areas: &[("/account", "/members/login?kind=member")],
            ..LoginViews::default()
        },
        ..Options::default()
    })
    .await;
    let mut guest = site.visitor();
    guest
        .visit("/account/tokens")
        .await
        .leads_to("/members/login?kind=member&next=%2Faccount%2Ftokens");
    guest
        .visit("/confirm")
        .await
        .leads_to("/login?next=%2Fconfirm");
    let fields = [("token_name", "CI"), ("days", "30")];
    guest
        .submit("/api/create_token", &fields)
        .await
        .leads_to("/members/login?kind=member&next=%2Faccount%2Ftokens");
}

#[tokio::test]
async fn the_app_chooses_its_login_page() {
    let site = with_options(Options {
        login_views: LoginViews {
            app: Some("/come-in"),
            areas: &[],
            ..LoginViews::default()
        },
        ..Options::default()
    })
    .await;
    site.visitor()
        .visit("/account")
        .await
        .leads_to("/come-in?next=%2Faccount");
}

/// No header of the request determines the host of a redirect. If the login page is on another host, its URL contains the
/// host to return to.
#[tokio::test]
async fn no_request_header_changes_a_redirect() {
    let site = site().await;
    let login_on_other_host = with_options(Options {
        login_views: LoginViews {
            app: Some("https://good.com/login"),
            ..LoginViews::default()
        },
        site: Some("https://ours.com".into()),
        ..Options::default()
    })
    .await;
    let mut hostile = HeaderMap::new();
    for name in [
        "host",
        "x-forwarded-host",
        "forwarded",
        "x-original-url",
        "referer",
    ] {
        hostile.insert(name, "bad.com".parse().unwrap());
    }
    for (site, leads_to) in [
        (&site, "/login?next=%2Faccount"),
        (
            &login_on_other_host,
            "https://good.com/login?next=https%3A%2F%2Fours.com%2Faccount",
        ),
    ] {
        let mut request = Request::get("/account").body(Body::empty()).unwrap();
        request.headers_mut().extend(hostile.clone());
        site.visitor().exchange(request).await.leads_to(leads_to);
    }
}

/// Flask-Login had a setting that disabled the check, and has removed it.
#[tokio::test]
async fn no_setting_disables_the_guard() {
    for value in ["1", "true", "on"] {
        let setting = |name: &str| match name {
            "SECRET_KEY" => Some(crate::support::site::SECRET.to_owned()),
            "DATABASE_URL" => Some("sqlite::memory:".to_owned()),
            "LOGIN_DISABLED" => Some(value.to_owned()),
            _ => None,
        };
        assert!(server::config::Config::read(setting, false).is_ok());
    }
    let site = site().await;
    let mut guest = site.visitor();
    guest.cookies.insert("LOGIN_DISABLED".into(), "1".into());
    guest
        .visit("/account?LOGIN_DISABLED=1")
        .await
        .leads_to("/login?next=%2Faccount%3FLOGIN_DISABLED%3D1");
}
