use axum::http::StatusCode;
use tokio::task::JoinSet;

use crate::support::site::site;
use crate::support::visitor::{email, password};

#[tokio::test]
async fn after_a_sign_up_the_login_form_has_the_address_filled_in() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await.leads_to("/login");
    let page = ada.visit("/login").await;
    page.shows("Thanks for signing up.");
    page.shows(r#"value="ada@example.com""#);
    assert!(ada.is_guest().await, "a sign-up does not log in");
    ada.log_in("Ada").await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn next_survives_the_sign_up() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.visit("/login?next=%2Faccount")
        .await
        .shows(r#"href="/signup?next=%2Faccount""#);
    ada.visit("/signup?next=%2Faccount")
        .await
        .shows(r#"name="next" value="/account""#);
    let fields = [
        ("name", "Ada"),
        ("email", &*email("Ada")),
        ("password", &password("Ada")),
        ("next", "/account"),
    ];
    ada.submit("/api/signup", &fields)
        .await
        .leads_to("/login?next=%2Faccount");
}

#[tokio::test]
async fn a_taken_address_gets_the_same_response_and_changes_nothing() {
    let site = site().await;
    let (free_queries, free) = site
        .queries(async { site.visitor().sign_up("Ada").await })
        .await;
    let before = site.rows("users").await;
    let (taken_queries, taken) = site
        .queries(async {
            let fields = [
                ("name", "Eve"),
                ("email", "ADA@example.com"),
                ("password", "another long password"),
            ];
            site.visitor().submit("/api/signup", &fields).await
        })
        .await;
    assert_eq!(
        (free.status, free.location(), &free.body),
        (taken.status, taken.location(), &taken.body)
    );
    assert_eq!(free.cookies().len(), taken.cookies().len());
    assert_eq!(free_queries, taken_queries);
    assert_eq!(site.rows("users").await, before);

    let mut ada = site.visitor();
    ada.log_in("Ada").await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    let answer = site
        .visitor()
        .call(
            "/api/login",
            &[
                ("email", &email("Ada")),
                ("password", "another long password"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn many_concurrent_sign_ups_create_one_account() {
    let site = site().await;
    let mut attempts = JoinSet::new();
    for number in 0..12 {
        let mut visitor = site.visitor();
        // One client would get only a quarter of the permits for hashing, and its other requests would be answered 503.
        visitor.address = Some(([10, 0, 0, number], 4711).into());
        attempts.spawn(async move { visitor.sign_up("Ada").await });
    }
    for answer in attempts.join_all().await {
        answer.leads_to("/login");
    }
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn each_violated_rule_names_its_field() {
    let site = site().await;
    for (name, email, password, code) in [
        (
            "",
            "ada@example.com",
            "a long enough password",
            "invalid_name",
        ),
        (
            "  ",
            "ada@example.com",
            "a long enough password",
            "invalid_name",
        ),
        (
            "A\nda",
            "ada@example.com",
            "a long enough password",
            "invalid_name",
        ),
        ("Ada", "", "a long enough password", "invalid_email"),
        ("Ada", "ada", "a long enough password", "invalid_email"),
        ("Ada", "ada@", "a long enough password", "invalid_email"),
        (
            "Ada",
            "a b@example.com",
            "a long enough password",
            "invalid_email",
        ),
        (
            "Ada",
            "Ada <ada@example.com>",
            "a long enough password",
            "invalid_email",
        ),
        (
            "Ada",
            "ada@example.com",
            "fourteen chars",
            "password_too_short",
        ),
        ("Ada", "ada@example.com", "", "password_too_short"),
    ] {
        let fields = [("name", name), ("email", email), ("password", password)];
        let answer = site.visitor().call("/api/signup", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.json(), code, "{name:?} {email:?} {password:?}");
    }
    assert!(site.rows("users").await.is_empty());
}
