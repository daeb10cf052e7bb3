//! The login manager itself, asked in the middle of a request; who may log in; and what is told about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::auth::{AuthError, CurrentUser, EventKind, LogIn, Options, Session};
use app::users::{Guest, User};
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use sqlx::query;

use crate::support::site::{OLDER_SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{Visitor, email, password};

async fn user_row(site: &Site, visitor: &mut Visitor) -> User {
    let load = |session: Session| async move { session.load().await.unwrap().unwrap().user };
    site.within(visitor, load).await
}

/// As an app may do in a query of its own, that ends nothing.
async fn set_active(site: &Site, is_active: bool) {
    query("UPDATE users SET is_active = $1")
        .bind(i64::from(is_active))
        .execute(&site.database.pool)
        .await
        .unwrap();
}

fn count(site: &Site, kind: EventKind) -> usize {
    site.events()
        .into_iter()
        .filter(|event| *event == kind)
        .count()
}

/// FL-001, FL-002.
#[tokio::test]
async fn a_static_file_asks_nobody() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    std::fs::write(site.files().join("robots.txt"), "User-agent: *").unwrap();
    site.events();
    let (queries, answer) = site.queries(ada.visit("/robots.txt")).await;
    assert_eq!(
        (queries, answer.status, site.events()),
        (0, StatusCode::OK, vec![])
    );
}

/// FL-004, FL-005.
#[tokio::test]
async fn the_user_is_accessed_once_where_somebody_asks_and_never_elsewhere() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    ada.visit("/how-it-works").await;
    assert_eq!(site.events(), []);
    for path in ["/", "/account", "/account/tokens", "/no/such/page"] {
        ada.visit(path).await;
        assert_eq!(site.events(), [EventKind::UserAccessed], "{path}");
    }
}

/// FL-006.
#[tokio::test]
async fn nothing_is_written_for_a_visitor_who_does_nothing() {
    let site = site().await;
    for path in ["/", "/login", "/how-it-works", "/account", "/no/such/page"] {
        let answer = site.visitor().visit(path).await;
        assert_eq!(answer.cookies().len(), 0, "{path}");
    }
    assert_eq!(site.rows("sessions").await.len(), 0);
}

/// FL-007, FL-008, FL-009, FL-125.
#[tokio::test]
async fn a_visitor_without_a_log_in_is_a_guest_with_a_name() {
    let site = site().await;
    let mut nobody = site.visitor();
    let ask =
        |session: Session| async move { (session.load_user().await, session.login_fresh().await) };
    let (user, fresh) = site.within(&mut nobody, ask).await;
    assert_eq!(user, Ok(CurrentUser::Guest(Guest::default())));
    assert_eq!(fresh, Ok(false));
    let answer = nobody.ask("/api/current_user").await;
    assert_eq!(answer.body, r#"{"guest":{"name":"Guest"}}"#);
    nobody.visit("/").await.shows("Log in");
}

#[tokio::test]
async fn the_app_says_who_a_guest_is() {
    fn guest(headers: &HeaderMap) -> Guest {
        let language = headers.get("accept-language");
        let name = match language.and_then(|value| value.to_str().ok()) {
            Some("de") => "Gast",
            _ => "Visitor",
        };
        Guest { name: name.into() }
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

/// FL-010, FL-011, FL-012, FL-015.
#[tokio::test]
async fn a_log_in_holds_in_the_request_that_makes_it() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = user_row(&site, &mut ada).await;
    let mut browser = site.visitor();
    site.events();
    let now = user.clone();
    let result = site
        .within(&mut browser, move |session| async move {
            session.login_user(&now, LogIn::default()).await?;
            Ok::<_, AuthError>((session.load_user().await?, session.login_fresh().await?))
        })
        .await;
    assert_eq!(result, Ok((CurrentUser::User(user), true)));
    assert_eq!(site.events(), [EventKind::UserLoggedIn]);
    assert_eq!(browser.name().await.as_deref(), Some("Ada"));
}

/// FL-019.
#[tokio::test]
async fn a_log_in_holds_in_the_next_request() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..3 {
        assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    }
}

/// FL-021, FX-21.
#[tokio::test]
async fn a_user_who_is_gone_is_a_guest_for_good() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = user_row(&site, &mut ada).await;
    site.users.delete(&user).await.unwrap();
    assert!(ada.is_guest().await);
    site.visitor().sign_up("Ada").await;
    assert!(ada.is_guest().await, "ids are never used again");
}

/// FL-022, FL-023, FL-025, FX-01.
#[tokio::test]
async fn a_log_out_holds_in_the_request_that_makes_it() {
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

/// FL-024.
#[tokio::test]
async fn logging_out_of_a_session_that_is_gone_is_no_failure() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    sqlx::query("DELETE FROM sessions")
        .execute(&site.database.pool)
        .await
        .unwrap();
    site.events();
    ada.log_out().await.leads_to("/");
    assert_eq!(count(&site, EventKind::UserLoggedOut), 1);
    assert!(!ada.cookies.contains_key("session"));
}

/// FL-016, FL-017.
#[tokio::test]
async fn an_inactive_user_is_not_let_in_and_is_told_so_after_the_right_password() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    set_active(&site, false).await;
    site.events();
    let (email, password) = (email("Ada"), password("Ada"));
    let answer = ada
        .call("/api/login", &[("email", &email), ("password", &password)])
        .await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::FORBIDDEN, r#""inactive""#)
    );
    assert_eq!(site.events(), [EventKind::InactiveUserRefused]);
    let wrong = ada
        .call("/api/login", &[("email", &email), ("password", "wrong")])
        .await;
    assert_eq!(wrong.body, r#""invalid_credentials""#);
    ada.log_in("Ada").await.leads_to("/login");
    ada.visit("/login")
        .await
        .shows("This account is not active.");
    assert!(ada.is_guest().await);
}

/// C61.
#[tokio::test]
async fn who_is_switched_off_is_a_guest_at_once_in_every_way_there_is() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    phone.close_browser();
    set_active(&site, false).await;
    assert!(ada.is_guest().await);
    assert!(phone.is_guest().await);
    assert_eq!(
        script.ask("/api/account").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(!ada.cookies.contains_key("session"));
    assert_eq!(phone.remember_cookie(), None);
    set_active(&site, true).await;
    assert_eq!(script.ask("/api/account").await.status, StatusCode::OK);
}

/// Nor does a log in that was under way begin after it.
#[tokio::test]
async fn who_is_switched_on_again_finds_nothing_of_before() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut script = site.visitor();
    script.token = Some(ada.create_token("CI").await);
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    phone.close_browser();
    let (users, right) = (site.users.clone(), password("Ada"));
    let mut late = site.visitor();
    let begun = site
        .within(&mut late, |session| async move {
            let email = email("Ada");
            let user = users.authenticate(&session, &email, &right.into()).await?;
            users.set_active(&user, false).await?;
            users.set_active(&user, true).await?;
            session.login_user(&user, LogIn::default()).await
        })
        .await;
    assert_eq!(begun, Err(AuthError::InvalidCredentials));
    assert!(ada.is_guest().await && phone.is_guest().await && late.is_guest().await);
    let asked = script.ask("/api/account").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    for table in ["sessions", "remembered", "access_tokens"] {
        assert_eq!(site.rows(table).await, [""; 0], "{table}");
    }
    ada.log_in("Ada").await.leads_to("/");
}

/// FL-018.
#[tokio::test]
async fn an_inactive_user_is_let_in_by_force_for_that_session_alone() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = user_row(&site, &mut ada).await;
    set_active(&site, false).await;
    let user = User {
        is_active: false,
        ..user
    };
    let mut browser = site.visitor();
    let result = site
        .within(&mut browser, move |session| async move {
            let how = LogIn {
                force: true,
                ..LogIn::default()
            };
            session.login_user(&user, how).await?;
            session.load_user().await
        })
        .await;
    assert!(matches!(result, Ok(CurrentUser::User(_))));
    browser.visit("/account").await.shows("Your account");
    assert!(ada.is_guest().await, "the other session stays shut");
}

/// FL-003, FL-123: what the model finds out at run time does not compile here.
#[test]
fn a_manager_has_a_loader_and_a_user_has_an_id() {
    fn needs(
        _: fn(app::users::Users, app::auth::SigningKeys, Options) -> app::auth::LoginManager,
        _: fn(&User) -> &String,
    ) {
    }
    needs(app::auth::LoginManager::new, |user| &user.id);
}

/// FL-121, FL-122, FL-124.
#[tokio::test]
async fn a_user_is_active_has_a_text_for_an_id_and_equals_nobody_else() {
    let site = site().await;
    let (mut ada, mut grace) = (site.user("Ada").await, site.user("Grace").await);
    let (ada, again) = (
        user_row(&site, &mut ada).await,
        user_row(&site, &mut ada).await,
    );
    let grace = user_row(&site, &mut grace).await;
    assert!(ada.is_active && !ada.id.is_empty());
    assert_eq!(ada, again);
    assert_ne!(ada, grace);
    assert_ne!(CurrentUser::User(ada), CurrentUser::Guest(Guest::default()));
}

/// FX-19, FX-20.
#[tokio::test]
async fn only_an_answer_that_asked_is_kept_out_of_shared_caches() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    std::fs::write(site.files().join("robots.txt"), "User-agent: *").unwrap();
    for (path, asked) in [
        ("/robots.txt", false),
        ("/how-it-works", false),
        ("/", true),
        ("/account", true),
        ("/login", true),
        ("/no/such/page", true),
        ("/api/current_user", true),
    ] {
        let mut guest = site.visitor();
        for visitor in [&mut ada, &mut guest] {
            let answer = visitor.visit(path).await;
            let vary = answer.headers.get("vary");
            assert_eq!(vary.is_some_and(|vary| vary == "cookie"), asked, "{path}");
            let private = answer
                .headers
                .get("cache-control")
                .is_some_and(|value| value.to_str().unwrap().contains("private"));
            assert_eq!(private, asked, "{path}");
        }
    }
}

/// FX-28: HEAD is answered as far as that can be told without loading anybody.
#[tokio::test]
async fn head_loads_nobody_and_writes_nothing() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    ada.log_in_remembered("Ada").await;
    let mut closed = ada.clone();
    closed.close_browser();
    let mut guest = site.visitor();
    site.pass(std::time::Duration::from_hours(1));
    site.events();
    for path in [
        "/",
        "/account",
        "/account/delete",
        "/login",
        "/no/such/page",
        "/api/current_user",
    ] {
        for visitor in [&mut ada, &mut closed, &mut guest] {
            let request = Request::builder().method(Method::HEAD).uri(path);
            let request = request.body(Body::empty()).unwrap();
            let (queries, answer) = site.queries(visitor.exchange(request)).await;
            assert_eq!((queries, &*answer.body), (0, ""), "{path}");
            assert_eq!(answer.cookies().len(), 0, "{path}");
            assert!(!answer.headers.contains_key("vary"), "{path}");
        }
        assert!(!site.events().contains(&EventKind::UserAccessed));
    }
    let head = |path| Request::head(path).body(Body::empty()).unwrap();
    guest
        .exchange(head("/account"))
        .await
        .leads_to("/login?next=%2Faccount");
    // Either cookie may be a user's.
    for cookie in ["session", "remember"] {
        let mut one = ada.clone();
        one.cookies.retain(|name, _| name == cookie);
        let answer = one.exchange(head("/account")).await;
        assert_eq!(answer.status, StatusCode::OK, "{cookie}");
    }
    assert_eq!(
        ada.exchange(head("/no/page")).await.status,
        StatusCode::NOT_FOUND
    );
}

/// FX-25: two visitors in one process, at once, are two.
#[tokio::test]
async fn nobody_is_taken_for_another_who_is_there_at_the_same_time() {
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

#[tokio::test]
async fn what_goes_wrong_is_an_event_too() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.events();
    site.visitor().log_in("Nobody").await;
    assert_eq!(site.events(), [EventKind::LoginFailed]);
    ada.submit(
        "/api/login",
        &[("email", &email("Ada")), ("password", "wrong")],
    )
    .await;
    assert_eq!(site.events(), [EventKind::LoginFailed]);
    ada.set_session_cookie("garbage");
    ada.visit("/").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::CookieTampered]
    );
    ada.visit("/how-it-works").await;
    assert_eq!(site.events(), []);
}

#[tokio::test]
async fn what_a_user_changes_is_an_event_once() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    assert_eq!(count(&site, EventKind::SignedUp), 1);
    ada.log_in("Ada").await;
    ada.create_token("CI").await;
    assert_eq!(count(&site, EventKind::AccessTokenCreated), 1);
    let listed = ada.ask("/api/access_tokens").await.json();
    let id = listed["tokens"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        ada.call("/api/revoke_token", &[("id", &id)]).await;
    }
    assert_eq!(count(&site, EventKind::AccessTokenRevoked), 1);
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "a new one of many words"),
    ];
    ada.call("/api/password", &fields).await;
    assert_eq!(count(&site, EventKind::PasswordChanged), 1);
    ada.call("/api/delete_account", &[]).await;
    assert_eq!(count(&site, EventKind::AccountDeleted), 1);
}

#[tokio::test]
async fn every_listener_hears_of_every_event() {
    static HEARD: AtomicUsize = AtomicUsize::new(0);
    let site = site_with(Settings {
        options: Options {
            listeners: vec![Arc::new(|event| {
                assert!(!format!("{event:?}").contains("marker"));
                HEARD.fetch_add(1, Ordering::SeqCst);
            })],
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    site.user("Ada").await;
    assert_eq!(HEARD.load(Ordering::SeqCst), site.events().len());
}

/// FL-116, FL-117, FL-120: the codec of the model is not this one; what it promises is.
#[tokio::test]
async fn what_is_signed_opens_under_its_own_key_and_no_other() {
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

/// FL-126, FL-127, FL-128, FL-129, FL-130, FL-131: the test client begins as it was asked to, under every protection.
#[tokio::test]
async fn the_helpers_for_tests_begin_logged_in_fresh_or_not() {
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
