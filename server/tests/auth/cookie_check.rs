//! A browser that refuses cookies is told so, in place of an answer that it could not show.

use axum::http::header;
use serde_json::Value;

use crate::support::site::site;
use crate::support::visitor::{Answer, COOKIE_CHECK, password};

const REFUSED: &str = "Your browser doesn't accept our cookies";

#[tokio::test]
async fn a_browser_that_refuses_cookies_is_told_so() {
    let site = site().await;
    site.user("Ada").await;
    let right = password("Ada");
    for (path, typed) in [
        ("/api/login", &right),
        ("/api/login", &"wrong".to_owned()),
        ("/api/signup", &"short".to_owned()),
        ("/api/confirm", &right),
    ] {
        let mut visitor = site.visitor();
        let fields = [("email", "ada@example.com"), ("password", typed)];
        let answer = visitor.submit_without_check(path, &fields).await;
        let check = answer.location().expect("a redirect").to_owned();
        assert!(check.starts_with(COOKIE_CHECK), "{path}: {check}");

        visitor.cookies.clear();
        let told = visitor.visit(&check).await;
        assert_eq!(told.status, 400, "{path}");
        assert!(told.body.contains(REFUSED), "{path}: {}", told.body);
    }
}

#[tokio::test]
async fn a_browser_that_keeps_cookies_gets_to_the_answer() {
    let site = site().await;
    site.user("Ada").await;
    let mut visitor = site.visitor();
    let wrong = [("email", "ada@example.com"), ("password", "wrong")];
    let answer = visitor.submit_without_check("/api/login", &wrong).await;
    let check = answer.location().expect("a redirect").to_owned();
    visitor.visit(&check).await.leads_to("/login");
    visitor
        .visit("/login")
        .await
        .shows("Wrong email or password.");

    let next = [("email", "ada@example.com"), ("password", &password("Ada"))];
    let next = [next[0], next[1], ("next", "/account?tab=a%2Fb&x=%C3%BC")];
    let mut visitor = site.visitor();
    let answer = visitor.submit("/api/login", &next).await;
    answer.leads_to("/account?tab=a%2Fb&x=%C3%BC");
}

#[tokio::test]
async fn a_browser_with_any_cookie_is_not_checked() {
    let site = site().await;
    let mut visitor = site.visitor();
    visitor.cookies.insert("theme".into(), "dark".into());
    let wrong = [("email", "ada@example.com"), ("password", "wrong")];
    let answer = visitor.submit_without_check("/api/login", &wrong).await;
    answer.leads_to("/login");
}

#[tokio::test]
async fn the_check_leads_to_pages_of_this_site_only() {
    let site = site().await;
    let mut visitor = site.visitor();
    visitor.cookies.insert("theme".into(), "dark".into());
    for (next, to) in [
        ("/login?next=%2Faccount", "/login?next=%2Faccount"),
        ("/", "/"),
        ("//evil.test/", "/"),
        ("https://evil.test/", "/"),
        ("/..//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("", "/"),
    ] {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        visitor
            .visit(&format!("{COOKIE_CHECK}{next}"))
            .await
            .leads_to(to);
    }
    let twice = format!("{COOKIE_CHECK}%2Flogin&next=%2Faccount");
    visitor.visit(&twice).await.leads_to("/");
}

#[tokio::test]
async fn the_hydrated_page_learns_whose_cookie_it_was_given() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let id = ada.id().await;
    let answered = |answer: &Answer| {
        let value = answer.headers.get("form-answer").expect("a form's answer");
        let json = serde_json::from_slice::<Value>(value.as_bytes());
        json.expect("JSON")["user"].clone()
    };
    let mut visitor = site.visitor();
    let fields = [
        ("email", "ada@example.com"),
        ("password", &*password("Ada")),
    ];
    let login = visitor.call("/api/login", &fields).await;
    assert_eq!(answered(&login), id);
    assert!(login.headers.contains_key(header::SET_COOKIE));
    let revoked = visitor.call("/api/revoke_token", &[("id", "none")]).await;
    assert!(answered(&revoked).is_null());
    let logout = visitor.call("/api/logout", &[]).await;
    assert_eq!(answered(&logout), "");
}
