//! Remember me: it survives the browser, is not fresh, changes with every use, and betrays its thief.

use std::time::Duration;

use app::auth::{CookieOptions, EventKind, LogIn, Options, Remember};
use axum::http::StatusCode;
use proptest::prelude::*;

use crate::support::site::{OLDER_SECRET, SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{Visitor, together};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn remembered(site: &Site, name: &str) -> Visitor {
    let mut visitor = site.visitor();
    visitor.sign_up(name).await;
    visitor.log_in_remembered(name).await.leads_to("/");
    visitor
}

async fn with_options(options: Options) -> Site {
    site_with(Settings {
        options,
        ..Settings::default()
    })
    .await
}

/// Logs in with a time of one's own, as an app may let its visitors choose.
async fn log_in_for(site: &Site, visitor: &mut Visitor, name: &str, lasts: Duration) {
    visitor.sign_up(name).await;
    visitor.log_in(name).await;
    let result = site.within(visitor, move |session| async move {
        let user = session.load().await.unwrap().expect("a user").user;
        let how = LogIn {
            remember: Remember::For(lasts),
            ..LogIn::default()
        };
        session.login_user(&user, how).await
    });
    result.await.expect("logged in");
}

async fn login_remembered(site: &Site, visitor: &mut Visitor) -> bool {
    let ask = |session: app::auth::Session| async move { session.login_remembered().await };
    site.within(visitor, ask).await.unwrap()
}

/// FL-063, FL-064, FL-065, FL-076.
/// C19, C20.
#[tokio::test]
async fn a_closed_browser_comes_back_as_the_same_user_remembered_and_not_fresh() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    assert!(ada.is_fresh().await);
    ada.close_browser();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert!(!ada.is_fresh().await);
    assert!(login_remembered(&site, &mut ada).await);
}

/// FL-020.
#[tokio::test]
async fn without_remember_a_closed_browser_comes_back_as_a_guest() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    assert!(ada.is_fresh().await);
    assert!(!login_remembered(&site, &mut ada).await);
    assert_eq!(site.rows("remembered").await.len(), 0);
    ada.close_browser();
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn two_who_come_back_have_a_session_each_and_later_pages_set_no_cookie() {
    let site = site().await;
    let mut tokens = Vec::new();
    for name in ["Ada", "Grace"] {
        let mut visitor = remembered(&site, name).await;
        visitor.close_browser();
        assert_eq!(visitor.name().await.as_deref(), Some(name));
        let page = visitor.visit("/account").await;
        assert_eq!(page.cookies().len(), 0);
        tokens.push(visitor.session_cookie().to_owned());
    }
    // What differs is the token behind signature and time, not only those.
    assert_ne!(tokens[0][54..], tokens[1][54..]);
    // Beside those of before.
    assert_eq!(site.rows("sessions").await.len(), 4);
}

/// FL-066, FL-068.
#[tokio::test]
async fn a_log_in_may_be_remembered_for_a_time_of_its_own() {
    let site = site().await;
    let mut ada = site.visitor();
    log_in_for(&site, &mut ada, "Ada", 7 * HOUR).await;
    site.pass(6 * HOUR);
    ada.close_browser();
    assert!(!ada.is_guest().await);
    assert!(!ada.is_fresh().await);
    assert!(login_remembered(&site, &mut ada).await);
    site.pass(HOUR);
    ada.close_browser();
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn a_session_in_use_outlives_the_time_its_device_is_remembered_for() {
    let site = site().await;
    let mut ada = site.visitor();
    log_in_for(&site, &mut ada, "Ada", HOUR).await;
    site.pass(2 * HOUR);
    site.clean_up().await;
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    ada.close_browser();
    assert!(ada.is_guest().await);
    site.pass(DAY);
    site.clean_up().await;
    assert_eq!(site.rows("remembered").await.len(), 0);
}

/// FL-067, FL-069.
#[tokio::test]
async fn the_cookie_s_name_time_domain_and_path_are_the_app_s_to_choose() {
    let options = Options {
        cookies: CookieOptions {
            remember: "stay",
            domain: Some("example.com"),
            path: "/app",
            ..CookieOptions::default()
        },
        remember: 2 * DAY,
        ..Options::default()
    };
    let site = with_options(options).await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let answer = ada.log_in_remembered("Ada").await;
    let cookie = answer
        .cookies()
        .into_iter()
        .find(|cookie| cookie.name() == "stay")
        .expect("a cookie of that name");
    assert_eq!(cookie.max_age().unwrap().whole_seconds(), 2 * 24 * 3600);
    assert_eq!(
        (cookie.domain(), cookie.path()),
        (Some("example.com"), Some("/app"))
    );
    assert!(cookie.http_only().unwrap());
    ada.close_browser();
    assert!(!ada.is_guest().await);
}

/// T-4: by a clock that is wrong a browser would end at once what lasts until a date, or keep it for ever.
#[tokio::test]
async fn no_cookie_lasts_until_a_date() {
    let site = site().await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    for answer in [ada.log_in_remembered("Ada").await, ada.log_out().await] {
        let cookies = answer.cookies();
        assert!(cookies.len() >= 2, "{cookies:?}");
        let dated = cookies.iter().find(|cookie| cookie.expires().is_some());
        assert_eq!(dated, None);
    }
}

#[tokio::test]
async fn a_cookie_for_more_than_one_host_loses_the_prefix_that_says_otherwise() {
    let site = site_with(Settings {
        https: true,
        options: Options {
            cookies: CookieOptions {
                domain: Some("example.com"),
                ..CookieOptions::default()
            },
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let names: Vec<String> = ada
        .log_in_remembered("Ada")
        .await
        .cookies()
        .iter()
        .map(|cookie| cookie.name().to_owned())
        .collect();
    assert_eq!(
        names,
        ["__Secure-device", "__Secure-remember", "__Secure-session"]
    );
}

/// FL-070, FL-071, FL-072, FL-073: a time of the wrong type does not compile here; one of the wrong size is cut to
/// what browsers keep, or is no time at all.
#[tokio::test]
async fn a_time_that_no_browser_keeps_is_cut_and_none_at_all_is_not_remembered() {
    let site = with_options(Options {
        remember: 5000 * DAY,
        ..Options::default()
    })
    .await;
    let mut ada = remembered(&site, "Ada").await;
    site.pass(399 * DAY);
    ada.close_browser();
    assert!(!ada.is_guest().await);
    site.pass(2 * DAY);
    ada.close_browser();
    assert!(ada.is_guest().await);

    let mut grace = site.visitor();
    log_in_for(&site, &mut grace, "Grace", Duration::ZERO).await;
    assert_eq!(grace.remember_cookie(), None);
}

/// FL-074.
#[tokio::test]
async fn being_used_does_not_make_it_last_longer() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    for _ in 0..28 {
        site.pass(DAY);
        ada.close_browser();
        assert!(!ada.is_guest().await);
    }
    site.pass(DAY);
    ada.close_browser();
    assert!(ada.is_guest().await);
}

/// FL-075.
#[tokio::test]
async fn where_the_app_says_so_every_visit_begins_the_time_anew() {
    let site = with_options(Options {
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut ada = remembered(&site, "Ada").await;
    site.pass(Duration::from_secs(1));
    let page = ada.visit("/").await;
    let cookie = &page.cookies()[0];
    assert_eq!(
        (cookie.name(), cookie.max_age().unwrap().whole_days()),
        ("remember", 29)
    );
    for _ in 0..40 {
        site.pass(20 * DAY);
        ada.close_browser();
        assert!(!ada.is_guest().await);
    }
}

#[tokio::test]
async fn a_session_in_use_keeps_the_device_remembered_too_and_writes_that_now_and_then() {
    let site = with_options(Options {
        remember: 2 * HOUR,
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut ada = remembered(&site, "Ada").await;
    for _ in 0..10 {
        site.pass(HOUR);
        assert!(!ada.is_guest().await);
        let (queries, name) = site.queries(ada.name()).await;
        assert_eq!((queries, name.as_deref()), (1, Some("Ada")));
    }
    ada.close_browser();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

/// FX-12, FX-13.
#[tokio::test]
async fn a_time_of_its_own_is_neither_forgotten_nor_inherited() {
    let site = with_options(Options {
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut browser = site.visitor();
    log_in_for(&site, &mut browser, "Ada", 7 * HOUR).await;
    browser.close_browser();
    let page = browser.visit("/").await;
    let cookies = page.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.name() == "remember");
    assert_eq!(cookie.unwrap().max_age().unwrap().whole_hours(), 7);

    let mut grace = site.visitor();
    grace.sign_up("Grace").await;
    let answer = browser.log_in_remembered("Grace").await;
    let cookies = answer.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.name() == "remember");
    assert_eq!(cookie.unwrap().max_age().unwrap().whole_days(), 29);
}

/// FX-14: with sliding on, a garbage cookie beside a good session is not replaced by a good one.
#[tokio::test]
async fn a_garbage_cookie_beside_a_session_is_not_made_good() {
    let site = with_options(Options {
        remember_slides: true,
        ..Options::default()
    })
    .await;
    let mut ada = site.user("Ada").await;
    ada.cookies.insert("remember".into(), "garbage".into());
    let page = ada.visit("/").await;
    assert_eq!(page.cookies().len(), 0);
}

/// FL-077.
#[tokio::test]
async fn coming_back_is_one_event() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    site.events();
    ada.visit("/").await;
    assert_eq!(
        site.events(),
        [EventKind::UserAccessed, EventKind::UserLoadedFromCookie]
    );
    ada.visit("/").await;
    assert_eq!(site.events(), [EventKind::UserAccessed]);
}

/// FL-078, FX-07, FX-08, FX-31, FL-118, FL-119.
#[tokio::test]
async fn what_this_server_did_not_sign_is_nobody_and_no_error() {
    let site = site().await;
    for value in [
        "foo",
        "|",
        "1|",
        "",
        "1",
        "1|é",
        "1|0e9e6e98",
        "%00",
        "a.b.c",
    ] {
        let mut visitor = site.visitor();
        visitor.cookies.insert("remember".into(), value.into());
        let (queries, name) = site.queries(visitor.name()).await;
        assert_eq!((queries, name), (0, None), "{value:?}");
    }
}

/// C29.
#[tokio::test]
async fn a_cookie_has_one_spelling() {
    let site = site().await;
    let ada = remembered(&site, "Ada").await;
    let value = ada.cookies["remember"].clone();
    // Then some bits of its last letter mean nothing.
    assert_ne!(value.len() % 4, 0);
    let (front, last) = value.split_at(value.len() - 1);
    let letters = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain(['-', '_']);
    let others = letters.filter(|&letter| !last.contains(letter));
    let mut spellings: Vec<_> = others.map(|letter| format!("{front}{letter}")).collect();
    spellings.push(format!("{value}="));
    for value in spellings {
        let mut visitor = site.visitor();
        visitor.cookies.insert("remember".into(), value.clone());
        let (queries, name) = site.queries(visitor.name()).await;
        assert_eq!((queries, name), (0, None), "{value:?}");
    }
}

/// FL-079, FL-080.
#[tokio::test]
async fn names_of_every_script_come_back() {
    let site = site().await;
    let name = "佐藤 Müller";
    let mut user = site.visitor();
    let fields = [
        ("name", name),
        ("email", "sato@example.com"),
        ("password", "four words in a row"),
        ("remember", "on"),
    ];
    user.submit("/api/signup", &fields[..3]).await;
    user.submit("/api/login", &fields[1..]).await.leads_to("/");
    user.close_browser();
    assert_eq!(user.name().await.as_deref(), Some(name));
}

/// FL-026, FL-027, FX-02.
/// C67, C76.
#[tokio::test]
async fn a_logout_forgets_the_device_and_every_copy_of_its_cookies() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let mut copy = ada.clone();
    copy.close_browser();
    let answer = ada.log_out().await;
    let removed: Vec<String> = answer.cookies().iter().map(ToString::to_string).collect();
    assert_eq!(
        removed,
        [
            "remember=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0",
            "session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
        ]
    );
    ada.close_browser();
    assert!(ada.is_guest().await);
    assert!(copy.is_guest().await);
    assert_eq!(site.rows("remembered").await.len(), 0);

    let mut ada = site.visitor();
    log_in_for(&site, &mut ada, "Grace", 7 * HOUR).await;
    let mut copy = ada.clone();
    ada.log_out().await;
    copy.close_browser();
    assert!(copy.is_guest().await);
}

/// FX-24.
#[tokio::test]
async fn a_logout_is_one_also_where_the_browser_keeps_the_cookie() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let kept = ada.remember_cookie().unwrap().to_owned();
    ada.log_out().await;
    ada.cookies.insert("remember".into(), kept);
    assert!(ada.is_guest().await);
}

/// FX-22, FX-23.
#[tokio::test]
async fn in_and_out_in_one_request_ends_as_the_last_of_them_says() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let user = site
        .within(&mut ada, |session| async move {
            let user = session.load().await.unwrap().unwrap().user;
            let how = LogIn {
                remember: Remember::Usual,
                ..LogIn::default()
            };
            session.login_user(&user, how).await.unwrap();
            session.logout_user().await.unwrap();
            user
        })
        .await;
    assert_eq!(ada.remember_cookie(), None);
    assert!(ada.is_guest().await);

    let mut nobody = site.visitor();
    let again = user.clone();
    site.within(&mut nobody, move |session| async move {
        let how = LogIn {
            remember: Remember::Usual,
            ..LogIn::default()
        };
        session.login_user(&again, how).await.unwrap();
        session.logout_user().await.unwrap();
    })
    .await;
    assert_eq!(nobody.cookies.len(), 0);
    assert_eq!(site.rows("sessions").await.len(), 0);
    assert_eq!(site.rows("remembered").await.len(), 0);

    let mut ada = remembered(&site, "Grace").await;
    site.within(&mut ada, move |session| async move {
        session.logout_user().await.unwrap();
        session.login_user(&user, LogIn::default()).await.unwrap();
    })
    .await;
    assert_eq!(ada.remember_cookie(), None);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}

/// FX-11.
#[tokio::test]
async fn one_user_s_cookie_does_not_survive_another_user_s_log_in() {
    let site = site().await;
    site.visitor().sign_up("Grace").await;
    let mut browser = remembered(&site, "Ada").await;
    let kept = browser.remember_cookie().unwrap().to_owned();
    browser.log_in("Grace").await.leads_to("/");
    assert_eq!(browser.remember_cookie(), None);
    browser.close_browser();
    assert!(browser.is_guest().await);
    browser.cookies.insert("remember".into(), kept);
    assert!(browser.is_guest().await, "not even a copy");
}

/// FX-10: a cookie of somebody who is gone costs one query a page and puts nobody into a session.
/// C61, C62.
#[tokio::test]
async fn a_deleted_user_is_not_remembered_and_nobody_else_is_either() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    sqlx::query("DELETE FROM users")
        .execute(&site.database.pool)
        .await
        .unwrap();
    assert_eq!(site.rows("remembered").await.len(), 0);
    ada.close_browser();
    let (queries, page) = site.queries(ada.visit("/")).await;
    assert_eq!((queries, page.cookies().len()), (1, 0));
    site.visitor().sign_up("Ada").await;
    assert!(ada.is_guest().await);
}

/// C70, C76.
#[tokio::test]
async fn a_changed_password_ends_every_other_log_in_remembered_or_not() {
    let site = site().await;
    let mut here = remembered(&site, "Ada").await;
    let mut laptop = site.visitor();
    laptop.log_in("Ada").await;
    let mut phone = site.visitor();
    phone.log_in_remembered("Ada").await;
    let mut copy = here.clone();

    let fields = [
        (
            "current_password",
            &*crate::support::visitor::password("Ada"),
        ),
        ("password", "a brand new long password"),
    ];
    here.submit("/api/password", &fields)
        .await
        .leads_to("/account/password");
    here.visit("/account/password")
        .await
        .shows("Your password is changed.");
    assert!(laptop.is_guest().await);
    assert!(phone.is_guest().await);
    assert!(copy.is_guest().await);
    phone.close_browser();
    assert!(phone.is_guest().await);
    here.close_browser();
    assert_eq!(
        here.name().await.as_deref(),
        Some("Ada"),
        "still remembered"
    );
}

#[tokio::test]
async fn each_use_replaces_the_cookie() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    let mut seen = vec![ada.remember_cookie().unwrap().to_owned()];
    for _ in 0..5 {
        ada.close_browser();
        ada.visit("/").await;
        let cookie = ada.remember_cookie().unwrap().to_owned();
        assert!(!seen.contains(&cookie));
        seen.push(cookie);
        ada.visit("/").await;
    }
}

/// The answer to whoever comes with a copy, and then to everybody of that device.
async fn assert_theft_is_found(site: &Site, thief: &mut Visitor, owner: &mut Visitor) {
    site.events();
    assert!(thief.is_guest().await);
    assert!(site.events().contains(&EventKind::RememberStolen));
    assert!(
        site.log
            .lines()
            .iter()
            .any(|line| line.contains("remember_stolen"))
    );
    assert!(owner.is_guest().await, "the session in use ended too");
    owner.close_browser();
    assert!(owner.is_guest().await);
    assert_eq!(site.rows("sessions").await.len(), 0);
}

/// C76.
#[tokio::test]
async fn an_old_cookie_used_again_ends_the_family_when_the_thief_is_late() {
    let site = site().await;
    let mut owner = remembered(&site, "Ada").await;
    let mut thief = owner.clone();
    thief.close_browser();
    owner.close_browser();
    owner.visit("/").await;
    owner.visit("/").await;
    site.pass(2 * HOUR);
    assert_theft_is_found(&site, &mut thief, &mut owner).await;
}

#[tokio::test]
async fn an_old_cookie_used_again_ends_the_family_when_the_owner_is_late() {
    let site = site().await;
    let mut owner = remembered(&site, "Ada").await;
    owner.close_browser();
    let mut thief = owner.clone();
    thief.visit("/").await;
    assert!(!thief.is_guest().await);
    site.pass(2 * HOUR);
    assert_theft_is_found(&site, &mut owner, &mut thief).await;
}

#[tokio::test]
async fn an_answer_that_never_arrived_costs_nobody_the_log_in() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    for _ in 0..3 {
        // The answer is lost: the browser still has what it sent.
        ada.clone().visit("/").await;
        site.pass(DAY);
    }
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    assert_eq!(site.rows("remembered").await.len(), 1);
}

#[tokio::test]
async fn a_late_answer_does_not_take_the_freshness_back() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    let mut late = ada.clone();
    ada.visit("/").await;
    ada.confirm("Ada").await;
    // It left before all that, and arrives after it: no cookie of its answer may replace a newer one.
    let answer = late.visit("/").await;
    assert_eq!(answer.cookies().len(), 0);
    assert!(ada.is_fresh().await);
}

#[tokio::test]
async fn fifty_requests_at_once_all_come_back_in_one_session() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let mut tab = ada.clone();
            async move {
                assert_eq!(tab.name().await.as_deref(), Some("Ada"));
                tab
            }
        })
        .collect();
    let tabs = together(tasks).await;
    // The old session, which ended with the browser, and the one that all of them share.
    assert_eq!(site.rows("sessions").await.len(), 2);
    site.pass(2 * HOUR);
    for mut tab in tabs {
        assert!(!tab.is_guest().await);
    }
}

/// K1, K2, K3, FX-26, FX-27: every cookie, not only the session's.
#[tokio::test]
async fn a_cookie_under_an_older_secret_is_signed_anew_and_dies_with_that_secret() {
    let old = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let mut ada = remembered(&old, "Ada").await;
    let mut sleeper = ada.clone();
    sleeper.close_browser();

    let both = old
        .restarted_with(|settings| settings.secrets = vec![SECRET, OLDER_SECRET])
        .await;
    ada.moves_to(&both.router);
    let before = ada.remember_cookie().unwrap().to_owned();
    let names: Vec<String> = ada
        .visit("/")
        .await
        .cookies()
        .iter()
        .map(|cookie| cookie.name().to_owned())
        .collect();
    assert_eq!(names, ["device", "remember", "session"]);
    assert_ne!(ada.remember_cookie().unwrap(), before);

    let new = both
        .restarted_with(|settings| settings.secrets = vec![SECRET])
        .await;
    ada.moves_to(&new.router);
    assert!(!ada.is_guest().await);
    ada.close_browser();
    assert!(!ada.is_guest().await);
    sleeper.moves_to(&new.router);
    assert!(sleeper.is_guest().await);
}

/// C41.
#[tokio::test]
async fn the_two_cookies_are_nothing_in_each_other_s_place() {
    let site = site().await;
    let ada = remembered(&site, "Ada").await;
    let mut swapped = site.visitor();
    let session = ada.session_cookie().to_owned();
    swapped.set_session_cookie(ada.remember_cookie().unwrap());
    swapped.cookies.insert("remember".into(), session);
    let (queries, name) = site.queries(swapped.name()).await;
    assert_eq!((queries, name), (0, None));
}

/// C19, C20: of two cookies that belong together one may be lost, and the other says what it says. Two users at once are
/// nobody, until one of them logs in.
#[tokio::test]
async fn one_of_two_cookies_is_enough_and_two_users_are_none() {
    let site = site().await;
    let ada = remembered(&site, "Ada").await;
    let grace = remembered(&site, "Grace").await;
    let with = |session: Option<&Visitor>, remember: Option<&Visitor>| {
        let mut visitor = site.visitor();
        if let Some(of) = session {
            visitor.set_session_cookie(of.session_cookie());
        }
        if let Some(of) = remember {
            let value = of.remember_cookie().unwrap().to_owned();
            visitor.cookies.insert("remember".into(), value);
        }
        visitor
    };
    let mut session_alone = with(Some(&ada), None);
    assert_eq!(session_alone.name().await.as_deref(), Some("Ada"));
    assert!(session_alone.is_fresh().await);

    for (session, remember) in [(&ada, &grace), (&grace, &ada)] {
        let mut both = with(Some(session), Some(remember));
        for _ in 0..2 {
            let page = both.visit("/account").await;
            page.leads_to("/login?next=%2Faccount");
            assert!(both.is_guest().await);
            assert_eq!(
                both.ask("/api/account").await.status,
                StatusCode::UNAUTHORIZED
            );
        }
        both.log_in("Linus").await;
        assert!(both.is_guest().await);
    }
    // Neither of the two has lost anything by it.
    assert_eq!(ada.clone().name().await.as_deref(), Some("Ada"));
    assert_eq!(grace.clone().name().await.as_deref(), Some("Grace"));
    let mut both = with(Some(&ada), Some(&grace));
    both.log_in("Ada").await.leads_to("/");
    assert_eq!(both.name().await.as_deref(), Some("Ada"));
    assert!(!both.cookies.contains_key("remember"));

    // Of the same user, from two log ins that crossed: no reason to throw anybody out.
    let (phone, mut laptop) = (remembered(&site, "Linus").await, site.visitor());
    laptop.log_in("Linus").await;
    let mut both = with(Some(&laptop), Some(&phone));
    assert_eq!(both.name().await.as_deref(), Some("Linus"));
    // And one that is over says nothing.
    let over = remembered(&site, "Margaret").await;
    over.clone().log_out().await;
    let mut both = with(Some(&laptop), Some(&over));
    assert_eq!(both.name().await.as_deref(), Some("Linus"));

    let ada = remembered(&site, "Ada").await;
    let mut remember_alone = with(None, Some(&ada));
    assert_eq!(remember_alone.name().await.as_deref(), Some("Ada"));
    assert!(!remember_alone.is_fresh().await);
}

/// D2.
#[tokio::test]
async fn a_database_that_is_away_forgets_nobody() {
    let site = site().await;
    let mut ada = remembered(&site, "Ada").await;
    ada.close_browser();
    site.database.pool.close().await;
    let page = ada.visit("/account").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.cookies().len(), 0);
}

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Opens a page in one of two tabs of the same browser; the answer arrives.
    Visit,
    /// Several requests leave together, with the cookies of that moment; their answers arrive in some order.
    Burst(u8),
    /// The answer is lost on its way.
    Lost,
    CloseBrowser,
    Confirm,
    Minutes(u16),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Visit),
        3 => (2..6_u8).prop_map(Act::Burst),
        1 => Just(Act::Lost),
        3 => Just(Act::CloseBrowser),
        1 => Just(Act::Confirm),
        3 => (0..900_u16).prop_map(Act::Minutes),
    ];
    proptest::collection::vec(act, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// The model: within the time it is remembered for, an honest browser is always its user.
    #[test]
    fn whatever_an_honest_browser_does_it_stays_logged_in(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = site().await;
            let mut ada = remembered(&site, "Ada").await;
            let mut passed = Duration::ZERO;
            for act in acts {
                match act {
                    Act::Visit => {}
                    Act::Burst(size) => {
                        let tabs: Vec<_> = (0..size).map(|_| {
                            let mut tab = ada.clone();
                            async move {
                                assert_eq!(tab.name().await.as_deref(), Some("Ada"));
                                tab
                            }
                        }).collect();
                        // The browser has one set of cookies: the last answer that sets one wins.
                        for tab in together(tabs).await {
                            ada.takes_cookies_of(&tab);
                        }
                    }
                    Act::Lost => {
                        ada.clone().visit("/").await;
                    }
                    Act::CloseBrowser => ada.close_browser(),
                    Act::Confirm => {
                        ada.confirm("Ada").await;
                        assert!(ada.is_fresh().await);
                    }
                    Act::Minutes(minutes) => {
                        let time = Duration::from_mins(minutes.into());
                        if passed + time < 28 * DAY {
                            passed += time;
                            site.pass(time);
                        }
                    }
                }
                assert_eq!(ada.name().await.as_deref(), Some("Ada"), "after {act:?}");
            }
            assert_eq!(site.rows("remembered").await.len(), 1);
        });
    }
}
