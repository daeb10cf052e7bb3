//! What a guest gets on a closed page, and how an app changes that.

use std::sync::Arc;

use app::auth::LoginViews;
use app::auth::forms::messages::{Message, Text, english};
use app::auth::{AuthNotice, EventKind, Options, Protection};
use app::error::Notice;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::IntoResponse;

use crate::support::site::{Settings, Site, site, site_with};

async fn with_options(options: Options) -> Site {
    site_with(Settings {
        options,
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn being_turned_away_is_one_event() {
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
async fn the_log_in_page_says_why_in_the_category_of_the_message() {
    let site = site().await;
    let mut guest = site.visitor();
    guest
        .visit("/account")
        .await
        .leads_to("/login?next=%2Faccount");
    guest
        .visit("/login?next=%2Faccount")
        .await
        .shows(r#"<p class="message notice">Please log in to access this page.</p>"#);
    let page = guest.visit("/login").await;
    assert!(
        !page.body.contains("Please log in"),
        "nobody was turned away"
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
        other => english(other),
    }
}

#[tokio::test]
async fn texts_and_categories_are_the_app_s_to_change_in_one_place() {
    let site = with_options(Options {
        texts: german,
        ..Options::default()
    })
    .await;
    let mut ada = site.stale_user("Ada").await;
    ada.visit("/confirm?next=%2Faccount%2Fdelete")
        .await
        .shows(r#"<p class="message hinweis">Bitte noch einmal dein Passwort.</p>"#);
    site.visitor()
        .visit("/login?next=%2Faccount")
        .await
        .shows(r#"<p class="message hinweis">Bitte melde dich an.</p>"#);
}

#[tokio::test]
async fn an_empty_text_is_not_shown() {
    let silent = |message: Message<'_>| Text {
        text: "".into(),
        ..english(message)
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
async fn the_app_may_answer_in_its_own_way() {
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
async fn without_a_log_in_page_the_answer_is_401() {
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
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::UNAUTHORIZED, "Please log in to continue.")
    );
    assert_eq!(answer.headers["cache-control"], "private, no-store");
}

/// Every page and server function here is async.
#[tokio::test]
async fn after_the_log_in_the_page_is_there() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.visit("/account").await.is_page_of("Ada");
    assert_eq!(ada.ask("/api/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_reads_no_html_gets_a_code_and_who_does_not_say_gets_the_page() {
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

/// The way back is in the address and survives whatever happens to a session; nothing is kept for a guest.
#[tokio::test]
async fn the_way_back_needs_no_session() {
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
fn an_area_has_its_own_log_in_page_and_lends_it_to_everything_below() {
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

/// Who mistypes the password there, or signs up first, is on the way to the same page still.
#[test]
fn the_log_in_page_of_an_area_is_come_back_to() {
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

/// Areas and the app's page are one value, so no order of setting them can break it.
#[tokio::test]
async fn a_refused_page_leads_to_the_log_in_page_of_its_area() {
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
async fn the_app_s_log_in_page_is_its_to_choose() {
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

/// No header of the request names the host of a redirect. Where the log-in page is on another host, its address says
/// so.
#[tokio::test]
async fn no_header_decides_where_a_redirect_leads() {
    let site = site().await;
    let elsewhere = with_options(Options {
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
            &elsewhere,
            "https://good.com/login?next=https%3A%2F%2Fours.com%2Faccount",
        ),
    ] {
        let mut request = Request::get("/account").body(Body::empty()).unwrap();
        request.headers_mut().extend(hostile.clone());
        site.visitor().exchange(request).await.leads_to(leads_to);
    }
}

/// There is no switch that opens the doors; the model has removed its own.
#[tokio::test]
async fn no_setting_opens_the_doors() {
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
