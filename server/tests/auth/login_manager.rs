//! The `AuthSession` within a request: login, logout, and the current user.

use app::auth::{Account, AuthError, AuthSession, CurrentUser, EventKind, LoginOptions, Options};
use app::users::Guest;
use axum::body::Body;
use axum::http::{HeaderMap, Request};

use super::events::count;
use crate::support::site::{OLDER_SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{LOGIN_FORM, SESSION, Visitor};

pub(super) async fn user_row(site: &Site, visitor: &mut Visitor) -> Account {
    let load = |session: AuthSession| async move { session.load().await.unwrap().unwrap().account };
    site.within(visitor, load).await
}

#[tokio::test]
async fn a_visitor_who_is_not_logged_in_is_a_guest_with_a_name() {
    let site = site().await;
    let mut guest = site.visitor();
    let ask = |session: AuthSession| async move {
        (session.load_user().await, session.login_fresh().await)
    };
    let (user, fresh) = site.within(&mut guest, ask).await;
    assert_eq!(user, Ok(CurrentUser::Guest(Guest::default())));
    assert_eq!(fresh, Ok(false));
    let answer = guest.who_am_i().await;
    answer.is_for_a_guest();
    assert_eq!(answer.json()["guest"]["name"], "Guest");
    guest.visit("/login").await.shows(LOGIN_FORM);
}

#[tokio::test]
async fn the_app_chooses_what_a_guest_is() {
    fn guest(headers: &HeaderMap) -> Guest {
        let language = headers.get("accept-language");
        let name = match language.and_then(|value| value.to_str().ok()) {
            Some("de") => "Gast",
            _ => "Visitor",
        };
        #[allow(clippy::needless_update, reason = "an app's guest may have more")]
        Guest {
            name: name.into(),
            ..Guest::default()
        }
    }
    let site = site_with(Settings {
        options: Options {
            anonymous_user: guest,
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    for (language, name) in [("de", "Gast"), ("en", "Visitor")] {
        let request = Request::get("/api/current_user")
            .header("accept-language", language)
            .body(Body::empty())
            .unwrap();
        let answer = site.visitor().exchange(request).await;
        assert_eq!(answer.json()["guest"]["name"], name);
    }
    let mut ada = site.user("Ada").await;
    let answer = ada.call("/api/logout", &[]).await;
    assert_eq!(answer.json()["guest"]["name"], "Visitor");
}

#[tokio::test]
async fn a_login_takes_effect_in_the_same_request() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = user_row(&site, &mut ada).await;
    let mut browser = site.visitor();
    site.events();
    let now = user.clone();
    let result = site
        .within(&mut browser, move |session| async move {
            session.login_user(&now, LoginOptions::default()).await?;
            Ok::<_, AuthError>((session.load_user().await?, session.login_fresh().await?))
        })
        .await;
    assert_eq!(result, Ok((CurrentUser::User(user.user), true)));
    assert_eq!(site.events(), [EventKind::UserLoggedIn]);
    assert_eq!(browser.name().await.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn a_login_takes_effect_in_the_next_request() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..3 {
        assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    }
}

#[tokio::test]
async fn a_deleted_user_is_a_guest_and_ids_are_not_reused() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = user_row(&site, &mut ada).await;
    site.login_manager.delete(&user.user.id).await.unwrap();
    assert!(ada.is_guest().await);
    site.visitor().sign_up("Ada").await;
    assert!(ada.is_guest().await, "ids are never reused");
}

#[tokio::test]
async fn a_logout_takes_effect_in_the_same_request() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut copy = ada.clone();
    site.events();
    let user = site
        .within(&mut ada, |session| async move {
            session.logout_user().await?;
            session.load_user().await
        })
        .await;
    assert_eq!(user, Ok(CurrentUser::Guest(Guest::default())));
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserLoggedOut]
    );
    assert!(ada.is_guest().await);
    assert!(copy.is_guest().await);
}

#[tokio::test]
async fn logging_out_of_an_ended_session_is_not_an_error() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    sqlx::query("DELETE FROM sessions")
        .execute(&site.database.pool)
        .await
        .unwrap();
    site.events();
    ada.log_out().await.leads_to("/");
    assert_eq!(count(&site, EventKind::UserLoggedOut), 1);
    assert!(!ada.cookies.contains_key(SESSION));
}

/// Flask-Login checks at run time that a manager has a user loader and a user an id. Here such code does not compile.
#[test]
fn a_login_manager_needs_a_user_loader_and_a_user_an_id() {
    fn needs(
        _: fn(
            app::database::Database,
            app::auth::Passwords,
            app::auth::SigningKeys,
            Options,
        ) -> app::auth::LoginManager,
        _: fn(&app::users::User) -> &String,
    ) {
    }
    needs(app::auth::LoginManager::new, |user| &user.id);
}

#[tokio::test]
async fn a_user_is_active_and_has_a_unique_id() {
    let site = site().await;
    let (mut ada, mut grace) = (site.user("Ada").await, site.user("Grace").await);
    let (ada, again) = (
        user_row(&site, &mut ada).await.user,
        user_row(&site, &mut ada).await.user,
    );
    let grace = user_row(&site, &mut grace).await.user;
    assert!(ada.is_active && !ada.id.is_empty());
    assert_eq!(ada, again);
    assert_ne!(ada, grace);
    assert_ne!(CurrentUser::User(ada), CurrentUser::Guest(Guest::default()));
}

/// Two concurrent visitors in one process.
#[tokio::test]
async fn concurrent_visitors_are_not_confused() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut grace = site.user("Grace").await;
    let mut guest = site.visitor();
    for _ in 0..20 {
        let (a, g, n) = tokio::join!(ada.name(), grace.name(), guest.name());
        assert_eq!(
            (a.as_deref(), g.as_deref(), n),
            (Some("Ada"), Some("Grace"), None)
        );
    }
}

/// The format differs from Flask-Login's, but the guarantees are the same.
#[tokio::test]
async fn a_signed_value_is_valid_only_under_its_own_key() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    assert!(!ada.is_guest().await);
    let other = site
        .restarted_with(|settings| settings.secrets = vec![OLDER_SECRET])
        .await;
    ada.moves_to(&other.router);
    let (queries, guest) = site.queries(ada.name()).await;
    assert_eq!((queries, guest), (0, None));
}

/// The test helpers `user` and `stale_user`, under every `Protection`.
#[tokio::test]
async fn the_test_helpers_begin_fresh_and_stale_logins() {
    use app::auth::Protection::{Basic, Off, Strong};
    for protection in [Off, Basic, Strong] {
        let site = site_with(Settings {
            options: Options {
                protection,
                ..Options::default()
            },
            ..Settings::default()
        })
        .await;
        assert!(site.visitor().is_guest().await);
        let mut ada = site.user("Ada").await;
        assert_eq!(
            (ada.name().await.as_deref(), ada.is_fresh().await),
            (Some("Ada"), true)
        );
        let mut grace = site.stale_user("Grace").await;
        assert_eq!(
            (grace.name().await.as_deref(), grace.is_fresh().await),
            (Some("Grace"), false)
        );
    }
}
