//! The app's own values, kept for a browser or for a login, and typed form values of any length.

use app::auth::{AuthError, AuthSession};
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::support::site::{Site, site};
use crate::support::visitor::{FLASH, KEPT, Visitor};

async fn keep(site: &Site, visitor: &mut Visitor, name: &'static str, value: &'static str) {
    let keep = move |auth: AuthSession| async move { auth.keep(name, value) };
    site.within(visitor, keep).await.unwrap();
}

async fn kept(site: &Site, visitor: &mut Visitor, name: &'static str) -> Option<String> {
    let kept = move |auth: AuthSession| async move { auth.kept(name) };
    site.within(visitor, kept).await
}

#[tokio::test]
async fn a_value_kept_for_a_browser_survives_login_and_logout() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    keep(&site, &mut ada, "theme", "dark").await;
    assert_eq!(
        kept(&site, &mut ada, "theme").await.as_deref(),
        Some("dark")
    );
    ada.log_in("Ada").await;
    ada.log_out().await;
    ada.close_browser();
    assert_eq!(
        kept(&site, &mut ada, "theme").await.as_deref(),
        Some("dark")
    );
    assert_eq!(kept(&site, &mut site.visitor(), "theme").await, None);
    let forget = |auth: AuthSession| async move { auth.forget("theme") };
    site.within(&mut ada, forget).await.unwrap();
    assert_eq!(kept(&site, &mut ada, "theme").await, None);
}

#[tokio::test]
async fn a_kept_value_can_be_read_in_the_same_request() {
    let site = site().await;
    let both = |auth: AuthSession| async move {
        auth.keep("one", "1").unwrap();
        auth.keep("two", "2").unwrap();
        (auth.kept("one"), auth.kept("two"))
    };
    let seen = site.within(&mut site.visitor(), both).await;
    assert_eq!(seen, (Some("1".into()), Some("2".into())));
}

#[tokio::test]
async fn a_visitor_cannot_change_kept_values() {
    let site = site().await;
    let mut ada = site.visitor();
    keep(&site, &mut ada, "plan", "free").await;
    let cookie = ada.cookies.get_mut(KEPT).expect("a cookie");
    let last = cookie.pop().unwrap();
    cookie.push(if last == 'A' { 'B' } else { 'A' });
    assert_eq!(kept(&site, &mut ada, "plan").await, None);
}

/// The payload that a visitor can decode from the cookie.
fn payload_text(cookie: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(cookie).expect("base64url");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_value_kept_in_a_session_ends_with_the_login() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let keep = |auth: AuthSession| async move { auth.keep_in_session("step", "3").await };
    let kept = |auth: AuthSession| async move { auth.kept_in_session("step").await };
    site.within(&mut ada, keep).await.unwrap();
    assert_eq!(site.within(&mut ada, kept).await, Ok(Some("3".into())));
    ada.confirm("Ada").await;
    let after = site.within(&mut ada, kept).await;
    assert_eq!(
        after,
        Ok(Some("3".into())),
        "the same login under a new token"
    );
    let cookie = ada.cookies[KEPT].clone();
    assert!(payload_text(&cookie).contains("step"));
    ada.log_out().await;
    assert_eq!(site.within(&mut ada, kept).await, Ok(None));
    let left = payload_text(&ada.cookies[KEPT]);
    assert!(
        !left.contains("step"),
        "the next visitor of this browser could read it"
    );
    ada.cookies.insert(KEPT.into(), cookie.clone());
    assert_eq!(site.within(&mut ada, kept).await, Ok(None));
    ada.log_in("Ada").await;
    assert_eq!(site.within(&mut ada, kept).await, Ok(None));
    ada.cookies.insert(KEPT.into(), cookie);
    let copied = site.within(&mut ada, kept).await;
    assert_eq!(copied, Ok(None), "a copied cookie of an earlier login");
    let guest = site.within(&mut site.visitor(), keep).await;
    assert_eq!(guest, Err(AuthError::LoginRequired));
}

#[tokio::test]
async fn values_too_large_for_a_cookie_are_refused_and_the_old_ones_stay() {
    let site = site().await;
    let mut ada = site.visitor();
    keep(&site, &mut ada, "theme", "dark").await;
    let much = |auth: AuthSession| async move { auth.keep("much", &"x".repeat(5000)) };
    assert_eq!(site.within(&mut ada, much).await, Err(AuthError::TooLarge));
    assert_eq!(
        kept(&site, &mut ada, "theme").await.as_deref(),
        Some("dark")
    );
}

#[tokio::test]
async fn typed_values_of_any_length_come_back_once() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let text = "A long note. ".repeat(900);
    let fields = [("token_name", &*text), ("days", "30")];
    ada.submit("/api/create_token", &fields)
        .await
        .leads_to("/account/tokens");
    let flash = ada.cookies[FLASH].clone();
    assert!(flash.len() < 4000, "{} bytes", flash.len());
    let page = ada.visit("/account/tokens").await;
    page.shows(&format!(r#"value="{text}""#));
    let again = ada.visit("/account/tokens").await;
    assert!(!again.body.contains("A long note."));
}

#[tokio::test]
async fn long_typed_text_survives_a_password_confirmation() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    let text = "A long note. ".repeat(900);
    let fields = [("token_name", &*text), ("days", "30")];
    let confirm = "/confirm?next=%2Faccount%2Ftokens";
    ada.submit("/api/create_token", &fields)
        .await
        .leads_to(confirm);
    let page = ada.visit(confirm).await;
    let (_, rest) = page.body.split_once(r#"name="typed" value=""#).unwrap();
    let (typed, _) = rest.split_once('"').unwrap();
    assert!(typed.len() < 100, "only a reference to the text");
    let password = crate::support::visitor::password("Ada");
    let fields = [
        ("current_password", &*password),
        ("next", "/account/tokens"),
        ("typed", typed),
    ];
    ada.submit("/api/confirm", &fields)
        .await
        .leads_to("/account/tokens");
    ada.visit("/account/tokens").await.shows(&text);
}

/// The limit keeps forms from filling the database.
#[tokio::test]
async fn the_number_of_stored_long_forms_per_network_is_limited() {
    let site = site().await;
    let text = "x".repeat(5000);
    for number in 0..25 {
        let mut visitor = site.visitor();
        visitor.address = Some(([192, 0, 2, 1], 4711).into());
        site.pass(std::time::Duration::from_mins(1));
        let fields = [("name", &*text), ("email", "no address")];
        let answer = visitor.submit("/api/signup", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{number}");
    }
    assert_eq!(site.rows("form_values").await.len(), 20);
    site.pass(std::time::Duration::from_hours(1));
    site.clean_up().await;
    assert_eq!(site.rows("form_values").await.len(), 0);
}

#[tokio::test]
async fn a_message_is_shown_on_its_own_page_only() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let fields = [("token_name", "CI"), ("days", "30")];
    ada.submit("/api/create_token", &fields).await;
    ada.submit("/api/password", &[("current_password", "wrong")])
        .await
        .leads_to("/account/password");
    ada.submit("/api/create_token", &fields).await;
    for page in ["/", "/account", "/account/password", "/account/sessions"] {
        let body = ada.visit(page).await.body;
        assert!(
            !body.contains("lk_"),
            "the token is in the source of {page}"
        );
    }
    ada.visit("/account/tokens")
        .await
        .shows(r#"<code class="token">lk_"#);
    let again = ada.visit("/account/tokens").await.body;
    assert!(!again.contains("lk_"), "it is shown once");
}
