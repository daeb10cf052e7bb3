//! Concurrent requests end as if they had run one after the other. Each race runs many times, so that each order occurs;
//! where only one order is dangerous, the test forces it.

use std::time::Duration;

use axum::http::StatusCode;

use super::races_of_passwords::change;
use crate::support::site::{OLDER_SECRET, SECRET, Settings, Site, site, site_with};
use crate::support::visitor::{Answer, Visitor, email, password, together};

pub(super) const ROUNDS: usize = 50;

pub(super) const NEW: &str = "a brand new long password";

pub(super) const OTHER: &str = "another long password, later";

pub(super) async fn log_in_with(site: &Site, name: &str, password: &str) -> (Visitor, StatusCode) {
    let mut visitor = site.visitor();
    let fields = [("email", &*email(name)), ("password", password)];
    let status = visitor.call("/api/login", &fields).await.status;
    (visitor, status)
}

#[track_caller]
pub(super) fn assert_no_failure(answer: &Answer) {
    assert!(
        !answer.status.is_server_error(),
        "{} {}",
        answer.status,
        answer.body
    );
}

/// Each request uses another spelling of the address.
#[tokio::test]
async fn concurrent_sign_ups_with_one_address_create_one_account() {
    let site = site().await;
    for round in 1..=ROUNDS {
        let spellings = [
            format!("zoë{round}@example.com"),
            format!("ZOË{round}@example.com"),
            format!("zoe\u{308}{round}@example.com"),
            format!("Zoë{round}@EXAMPLE.com"),
            format!(" zOË{round}@Example.Com "),
            format!("zoë{round}@example.com"),
        ];
        let sign_ups = spellings.iter().map(async |spelling| {
            let mut visitor = site.visitor();
            let fields = [("name", "Zoë"), ("email", spelling), ("password", NEW)];
            visitor.call("/api/signup", &fields).await
        });
        for answer in together(sign_ups.collect()).await {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        }
    }
    assert_eq!(site.rows("users").await.len(), ROUNDS);
}

#[tokio::test]
async fn a_double_click_on_log_in_logs_in() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let mut browser = site.visitor();
        browser.sign_up(&name).await;
        let (mut one, mut two) = (browser.clone(), browser);
        let (first, second) = tokio::join!(one.log_in(&name), two.log_in(&name));
        first.leads_to("/");
        second.leads_to("/");
        assert_eq!(two.name().await.as_deref(), Some(&*name));
        assert_eq!(site.rows("sessions").await.len(), 2 * (round + 1));
    }
}

/// Concurrently with the logout: a page that would prolong the session, a remember cookie that would begin one, and a
/// confirmation of the password.
#[tokio::test]
async fn a_logout_is_not_undone_by_concurrent_requests() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let mut browser = site.user(&name).await;
        site.pass(Duration::from_mins(6));
        let mut tab = browser.clone();
        let (page, _) = tokio::join!(tab.visit("/account"), browser.log_out());
        assert_no_failure(&page);
        assert!(tab.is_guest().await);

        browser.log_in_remembered(&name).await;
        browser.close_browser();
        let (mut tab, mut other) = (browser.clone(), browser.clone());
        let (page, answer, _) =
            tokio::join!(tab.visit("/account"), other.who_am_i(), browser.log_out());
        assert_no_failure(&page);
        assert_no_failure(&answer);
        assert!(tab.is_guest().await && other.is_guest().await);
        assert_eq!(site.rows("sessions").await.len(), 0);

        for remember in [false, true] {
            if remember {
                browser.log_in_remembered(&name).await;
            } else {
                browser.log_in(&name).await;
            }
            let mut tab = browser.clone();
            let (confirmed, left) = tokio::join!(tab.confirm(&name), browser.log_out());
            assert_no_failure(&confirmed);
            left.leads_to("/");
            assert!(tab.is_guest().await);
            assert_eq!(
                site.rows("sessions").await.len(),
                0,
                "remembered: {remember}"
            );
        }
    }
}

/// The logout was sent before the response with the new session cookie arrived.
#[tokio::test]
async fn a_logout_with_the_cookie_from_before_a_confirmation_ends_the_session() {
    let site = site().await;
    let mut tab = site.user("Ada").await;
    let mut other_tab = tab.clone();
    tab.confirm("Ada").await.leads_to("/");
    other_tab.log_out().await.leads_to("/");
    assert!(tab.is_guest().await);
    assert_eq!(site.rows("sessions").await.len(), 0);
}

#[tokio::test]
async fn twenty_concurrent_tabs_prolong_one_session() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for _ in 0..ROUNDS {
        site.pass(Duration::from_mins(10));
        let mut tabs = vec![ada.clone(); 20];
        let pages = together(tabs.iter_mut().map(|tab| tab.visit("/account")).collect()).await;
        for page in pages {
            page.is_page_of("Ada");
            assert!(page.cookies().is_empty(), "no cookie is replaced");
        }
        let rows = site.rows("sessions").await;
        assert_eq!(rows.len(), 1);
        let seen = site.clock.load(std::sync::atomic::Ordering::SeqCst);
        assert!(rows[0].contains(&format!("seen_at={seen} ")), "{rows:?}");
    }
    assert!(!ada.is_guest().await);
}

/// The owner and a thief end each other's login: exactly one of them stays logged in.
#[tokio::test]
async fn of_two_devices_that_end_each_other_one_stays_logged_in() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let (mut one, mut two) = (site.user(&name).await, site.visitor());
        two.log_in(&name).await;
        let (first, second) = tokio::join!(
            one.call("/api/end_session", &[]),
            two.call("/api/end_session", &[]),
        );
        assert_no_failure(&first);
        assert_no_failure(&second);
        assert!(one.is_guest().await != two.is_guest().await, "{round}");
        assert_eq!(site.rows("sessions").await.len(), round + 1);
    }
}

#[tokio::test]
async fn an_account_can_be_deleted_during_other_requests() {
    let site = site().await;
    for round in 0..ROUNDS {
        let name = format!("Ada{round}");
        let mut ada = site.user(&name).await;
        let mut tab = ada.clone();
        let mut confirming = site.visitor();
        confirming.log_in_remembered(&name).await;
        let mut coming_back = confirming.clone();
        coming_back.close_browser();
        let mut leaving = coming_back.clone();
        let mut phone = site.visitor();
        phone.log_in(&name).await;
        let mut logging_in = site.visitor();
        let (old, token) = (password(&name), [("token_name", "CI"), ("days", "30")]);
        let answers: [Answer; 7] = tokio::join!(
            ada.submit("/api/delete_account", &[]),
            tab.call("/api/create_token", &token),
            confirming.confirm(&name),
            coming_back.visit("/account"),
            change(&mut phone, &old, NEW),
            logging_in.log_in_remembered(&name),
            leaving.log_out(),
        )
        .into();
        // If the password change was first, it has ended the login that wanted to delete the account.
        for answer in &answers {
            assert_no_failure(answer);
        }
        if site.rows("users").await.is_empty() {
            for table in ["sessions", "remembered", "access_tokens"] {
                assert_eq!(site.rows(table).await, [""; 0], "{table}");
            }
            for mut visitor in [ada, tab, confirming, coming_back, phone, logging_in] {
                let answer = visitor.ask("/api/account").await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            }
        } else {
            let mut phone = phone;
            phone.submit("/api/delete_account", &[]).await.leads_to("/");
        }
    }
}

#[tokio::test]
async fn a_secret_is_rotated_under_load_without_a_failed_request() {
    let old = site_with(Settings {
        secrets: vec![OLDER_SECRET],
        ..Settings::default()
    })
    .await;
    let ada = old.user("Ada").await;
    // First each server learns the new secret, then each signs with it, then the old one is removed.
    let knows = old
        .restarted_with(|settings| settings.secrets = vec![OLDER_SECRET, SECRET])
        .await;
    let signs = old
        .restarted_with(|settings| settings.secrets = vec![SECRET, OLDER_SECRET])
        .await;
    let done = old
        .restarted_with(|settings| settings.secrets = vec![SECRET])
        .await;
    let mut tabs = vec![ada; 10];
    for servers in [
        [&old, &knows],
        [&knows, &signs],
        [&signs, &signs],
        [&signs, &done],
    ] {
        for round in 0..25 {
            let requests = tabs.iter_mut().enumerate().map(async |(at, tab)| {
                tab.moves_to(&servers[(at + round) % 2].router);
                tab.visit("/account").await
            });
            for page in together(requests.collect()).await {
                page.is_page_of("Ada");
            }
        }
    }
}

/// While the job deletes expired rows, the same users log in and change their passwords.
#[tokio::test]
async fn cleaning_up_does_not_disturb_logins_and_password_changes() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    site.visitor().sign_up("Grace").await;
    let mut new = password("Ada");
    for round in 0..20 {
        for name in ["Ada", "Grace", "Ada", "Grace", "Ada", "Grace"] {
            if name == "Ada" {
                log_in_with(&site, name, &new).await;
            } else {
                site.visitor().log_in_remembered(name).await;
            }
        }
        site.pass(Duration::from_hours(11));
        let (mut ada, _) = log_in_with(&site, "Ada", &new).await;
        let (mut staying, _) = log_in_with(&site, "Grace", &password("Grace")).await;
        let mut kept = staying.clone();
        // From here on the other sessions have expired, and these two are about to be prolonged.
        site.pass(Duration::from_hours(1));
        let old = std::mem::replace(&mut new, format!("{NEW} {round}"));
        // Not more at once than wrong passwords are free: an attempt counts until its password is verified.
        let mut others: Vec<_> = (0..4).map(|_| site.visitor()).collect();
        let (pages, changed, answers, ()) = tokio::join!(
            async { tokio::join!(staying.visit("/account"), kept.visit("/account")) },
            change(&mut ada, &old, &new),
            together(
                others
                    .iter_mut()
                    .map(|other| other.log_in("Grace"))
                    .collect()
            ),
            site.clean_up(),
        );
        pages.0.is_page_of("Grace");
        pages.1.is_page_of("Grace");
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        for answer in answers {
            answer.leads_to("/");
        }
        assert!(!staying.is_guest().await);
        for row in site.rows("sessions").await {
            let (_, rest) = row.split_once("expires_at=").expect("a time");
            let expires_at: i64 = rest.split(' ').next().unwrap().parse().unwrap();
            assert!(expires_at > site.clock.load(std::sync::atomic::Ordering::SeqCst));
        }
    }
}

/// Deleting and prolonging, on two servers, exclude each other.
#[tokio::test]
async fn a_deleted_session_is_not_revived_by_a_concurrent_visit() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.pass(Duration::from_hours(12));
    site.user("Grace").await;
    site.clean_up().await;
    let rows = site.rows("sessions").await;
    assert_eq!(rows.len(), 1);
    site.touch_session("gone", 1_700_000_000, 1_800_000_000)
        .await;
    assert_eq!(site.rows("sessions").await, rows);
    assert!(ada.is_guest().await);
}

/// The page and the functions that it calls are each answered completely, or not at all, whenever the session expires.
#[tokio::test]
async fn a_session_that_ends_between_a_page_and_its_calls_leaves_no_partial_response() {
    let site = site().await;
    for at in 0..8 {
        let mut ada = site.user("Ada").await;
        ada.create_token("the first token").await;
        let mut ended = false;
        site.pass(Duration::from_secs(12 * 3600 - 1));
        for (step, path) in [
            "/account",
            "/api/account",
            "/api/access_tokens",
            "/account/tokens",
        ]
        .into_iter()
        .cycle()
        .take(8)
        .enumerate()
        {
            if step == at {
                // An earlier request, a second ago, has prolonged the session; the first step has none.
                site.pass(Duration::from_hours(if step == 0 { 0 } else { 12 }));
                site.pass(Duration::from_secs(1));
                ended = true;
            }
            let answer = if path.starts_with("/api") {
                ada.ask(path).await
            } else {
                ada.visit(path).await
            };
            let private = ["ada@example.com", "the first token"];
            let shown = private.iter().any(|text| answer.body.contains(text));
            assert_eq!(shown, !ended, "{path} {}", answer.body);
            match (ended, path.starts_with("/api")) {
                (false, _) => assert_eq!(answer.status, StatusCode::OK, "{path}"),
                (true, true) => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}"),
                (true, false) => assert!(
                    answer
                        .location()
                        .is_some_and(|to| to.starts_with("/login?next=")),
                    "{path}"
                ),
            }
        }
    }
}
