//! Plain axum handlers, and areas that only some users may open.

use app::auth::{Access, AuthError, AuthSession, CurrentUser, FreshUser, LoginOptions};
use app::error::Error;
use app::users::User;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::support::site::site;
use crate::support::visitor::{Visitor, email};
use crate::support::workbench::{FORBIDDEN_PAGE, REFUSAL_PAGE, Tables, workbench};

fn is_ada(user: &User) -> bool {
    user.email == email("Ada")
}

const TABLES: Tables = Tables {
    access: &[
        ("/who", Access::Public),
        ("/fail", Access::Public),
        ("/user", Access::Public),
        ("/nested/*", Access::Public),
        ("/fresh", Access::Public),
        ("/area/*", Access::Only(is_ada)),
        ("/hook", Access::OtherSites),
    ],
    bodies: &[],
    headers: &[],
};

async fn who(user: CurrentUser) -> String {
    match user {
        CurrentUser::User(user) => user.email,
        CurrentUser::Guest(_) => "a guest".into(),
    }
}

fn handlers() -> Router {
    Router::new()
        .route("/who", get(who))
        .route("/user", get(async |user: User| user.email))
        .route("/fresh", get(async |FreshUser(user): FreshUser| user.email))
        .route(
            "/fail",
            get(async || Err::<(), _>(Error::from(AuthError::NotFound))),
        )
        .route("/closed", get(async || "for users"))
        .route("/area/one", get(async || "for Ada"))
        .route("/area/{*rest}", post(async || "done for Ada"))
        .route("/hook", post(who))
        .nest(
            "/closed/files",
            Router::new().fallback(async || "a file for users"),
        )
        .nest(
            "/nested",
            Router::new().route("/user", get(async |user: User| user.email)),
        )
}

#[tokio::test]
async fn a_handler_gets_the_user_by_cookie_and_by_access_token() {
    let site = site().await;
    let router = workbench(&site, TABLES, handlers());
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut guest = site.visitor();
    for visitor in [&mut ada, &mut script, &mut guest] {
        visitor.moves_to(&router);
    }
    for visitor in [&mut ada, &mut script] {
        assert_eq!(visitor.visit("/who").await.body, email("Ada"));
        assert_eq!(visitor.visit("/user").await.body, email("Ada"));
        assert_eq!(visitor.visit("/closed").await.body, "for users");
    }
    assert_eq!(guest.visit("/who").await.body, "a guest");
    let answer = guest.visit("/user").await;
    answer.leads_to("/login?next=%2Fuser");
    let answer = guest.ask("/user").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::UNAUTHORIZED, r#""login_required""#)
    );
    guest
        .visit("/nested/user?a=b")
        .await
        .leads_to("/login?next=%2Fnested%2Fuser%3Fa%3Db");
    let files = "/closed/files/report.txt";
    assert_eq!(ada.visit(files).await.body, "a file for users");
    guest
        .visit(files)
        .await
        .leads_to("/login?next=%2Fclosed%2Ffiles%2Freport.txt");
    let head = axum::http::Request::head("/closed").body(axum::body::Body::empty());
    let head = ada.exchange(head.unwrap()).await;
    let length = head.headers.get("content-length");
    assert_ne!(length, Some(&"9".parse().unwrap()), "the handler ran");
    guest
        .visit("/closed")
        .await
        .leads_to("/login?next=%2Fclosed");
    script.token = Some("lk_unknown".into());
    let answer = script.ask("/who").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::UNAUTHORIZED, r#""invalid_token""#)
    );
}

#[tokio::test]
async fn a_handler_for_a_fresh_user_rejects_stale_logins_and_tokens() {
    let site = site().await;
    let router = workbench(&site, TABLES, handlers());
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut grace = site.stale_user("Grace").await;
    for visitor in [&mut ada, &mut script, &mut grace] {
        visitor.moves_to(&router);
    }
    assert_eq!(ada.visit("/fresh").await.body, email("Ada"));
    grace
        .visit("/fresh")
        .await
        .leads_to("/confirm?next=%2Ffresh");
    let answer = script.ask("/fresh").await;
    assert_eq!(answer.body, r#""fresh_login_required""#);
}

#[tokio::test]
async fn a_handlers_error_is_a_code_for_programs_and_a_page_for_browsers() {
    let site = site().await;
    let mut guest = site.visitor();
    guest.moves_to(&workbench(&site, TABLES, handlers()));
    let answer = guest.ask("/fail").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::NOT_FOUND, r#""not_found""#)
    );
    let answer = guest.visit("/fail").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.body, format!("{REFUSAL_PAGE} 404"));
}

#[tokio::test]
async fn an_area_for_some_users_is_closed_to_others_before_a_handler_runs() {
    let site = site().await;
    let router = workbench(&site, TABLES, handlers());
    let (mut ada, mut grace) = (site.user("Ada").await, site.user("Grace").await);
    let mut guest = site.visitor();
    for visitor in [&mut ada, &mut grace, &mut guest] {
        visitor.moves_to(&router);
    }
    assert_eq!(ada.visit("/area/one").await.body, "for Ada");
    let answer = grace.visit("/area/one").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::FORBIDDEN, FORBIDDEN_PAGE)
    );
    for answer in [
        grace.ask("/area/one").await,
        grace.call("/area/two", &[]).await,
    ] {
        assert_eq!(
            (answer.status, &*answer.body),
            (StatusCode::FORBIDDEN, r#""forbidden""#)
        );
    }
    let answer = grace.submit("/area/two", &[]).await;
    assert_eq!(answer.body, format!("{REFUSAL_PAGE} 403"));
    guest
        .visit("/area/one")
        .await
        .leads_to("/login?next=%2Farea%2Fone");
    assert_eq!(ada.call("/area/two", &[]).await.body, "done for Ada");
}

/// A request that another site's server, or another site's page, sends.
async fn from_another_site(visitor: &mut Visitor, path: &str) -> (StatusCode, String) {
    let request = axum::http::Request::post(path)
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://elsewhere.test")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = visitor.exchange(request).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_webhook_accepts_other_sites_and_ignores_cookies() {
    let site = site().await;
    let router = workbench(&site, TABLES, handlers());
    let mut ada = site.user("Ada").await;
    let token = ada.create_token("CI").await;
    ada.moves_to(&router);
    let answer = from_another_site(&mut ada, "/hook").await;
    assert_eq!(answer, (StatusCode::OK, "a guest".into()));
    let refused = from_another_site(&mut ada, "/area/two").await;
    assert_eq!(refused.0, StatusCode::FORBIDDEN);
    ada.token = Some(token);
    let answer = from_another_site(&mut ada, "/hook").await;
    assert_eq!(answer, (StatusCode::OK, email("Ada")));
}

#[tokio::test]
async fn a_request_from_another_site_neither_logs_in_nor_out() {
    let site = site().await;
    let handlers = Router::new().route(
        "/hook",
        post(async |auth: AuthSession| {
            let account = auth.manager().find(&email("Ada")).await.unwrap().unwrap();
            let begun = auth.login_user(&account, LoginOptions::default()).await;
            auth.logout_user().await.unwrap();
            format!("{begun:?}")
        }),
    );
    let mut ada = site.user("Ada").await;
    let mut other_app = ada.clone();
    other_app.moves_to(&workbench(&site, TABLES, handlers));
    let (_, begun) = from_another_site(&mut other_app, "/hook").await;
    assert_eq!(begun, "Err(BadRequest)");
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}
