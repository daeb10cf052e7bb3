//! Attempts on one account take turns: one that is under way is no failure, and parallel guesses do not pass the limit.

use std::time::Duration;

use app::auth::{Client, EventKind, Options, Turns};
use axum::http::StatusCode;
use tokio::time::timeout;

use super::throttle::{MINUTE, guess, guesses, opens};
use crate::support::site::{Settings, Site, cost, site, site_with};
use crate::support::visitor::{Answer, Visitor, email, password, together};

/// Logs in with JSON as the answer.
async fn try_log_in(visitor: &mut Visitor, name: &str, password: &str) -> StatusCode {
    let fields = [("email", &*email(name)), ("password", password)];
    visitor.call("/api/login", &fields).await.status
}

/// One attempt for each of `passwords` on Ada's account, all at once, each in a new unknown browser.
async fn at_once(site: &Site, passwords: &[&str]) -> Vec<StatusCode> {
    let mut visitors: Vec<_> = passwords.iter().map(|_| site.visitor()).collect();
    let attempts = visitors.iter_mut().zip(passwords);
    let attempts = attempts.map(|(visitor, password)| try_log_in(visitor, "Ada", password));
    together(attempts.collect()).await
}

#[tokio::test]
async fn right_passwords_at_the_same_time_all_log_in() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let right = password("Ada");
    for _ in 0..3 {
        let answers = at_once(&site, &[&*right; 16]).await;
        assert_eq!(answers, [StatusCode::OK; 16]);
    }
    // Nor do those of one known browser, which have a count of their own, or those after four mistakes.
    ada.log_out().await;
    guesses(&site, "Ada", 4).await;
    assert_eq!(at_once(&site, &[&*right; 8]).await, [StatusCode::OK; 8]);
    let mut tabs = vec![ada; 16];
    let attempts = tabs
        .iter_mut()
        .map(|tab| try_log_in(tab, "Ada", &right))
        .collect();
    assert_eq!(together(attempts).await, [StatusCode::OK; 16]);
}

#[tokio::test]
async fn of_wrong_passwords_at_the_same_time_no_more_are_verified_than_one_after_the_other() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    site.events();
    let answers = at_once(&site, &["a wrong guess"; 16]).await;
    assert_eq!(answers, [StatusCode::UNAUTHORIZED; 16]);
    let events = site.events();
    let verified = events
        .iter()
        .filter(|kind| **kind == EventKind::LoginFailed);
    assert_eq!(verified.count(), 5);
    assert!(!opens(&site, "Ada").await, "the account waits");
}

/// The wrong ones alone cause no wait, so each right one logs in, wherever it is in the queue.
#[tokio::test]
async fn a_right_password_among_wrong_ones_that_are_under_way_logs_in() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let right = password("Ada");
    for place in 0..5 {
        let mut passwords = ["a wrong guess"; 6];
        (passwords[place], passwords[5]) = (&right, &right);
        let answers = at_once(&site, &passwords).await;
        let ok = (StatusCode::OK, StatusCode::OK);
        assert_eq!((answers[place], answers[5]), ok, "place {place}");
        assert!(opens(&site, "Ada").await, "and the count is reset");
    }
}

#[tokio::test]
async fn an_attempt_that_is_aborted_lets_the_next_one_pass() {
    let site = site_with(Settings {
        cost: cost(65_536, 4),
        ..Settings::default()
    })
    .await;
    site.visitor().sign_up("Ada").await;
    let log_in = || {
        let mut visitor = site.visitor();
        tokio::spawn(async move { try_log_in(&mut visitor, "Ada", &password("Ada")).await })
    };
    let (first, second, third) = (log_in(), log_in(), log_in());
    tokio::time::sleep(Duration::from_millis(20)).await;
    first.abort();
    second.abort();
    assert_eq!(third.await.unwrap(), StatusCode::OK);
}

async fn confirm(visitor: &mut Visitor, password: &str) -> Answer {
    visitor
        .call("/api/confirm", &[("current_password", password)])
        .await
}

#[tokio::test]
async fn confirmations_at_the_same_time_all_succeed() {
    let site = site().await;
    site.visitor().sign_up("Ada").await;
    let mut devices: Vec<_> = (0..16).map(|_| site.visitor()).collect();
    for device in &mut devices {
        device.log_in("Ada").await.leads_to("/");
    }
    let right = password("Ada");
    let confirmed = devices.iter_mut().map(|device| confirm(device, &right));
    for answer in together(confirmed.collect()).await {
        assert_eq!((answer.status, &*answer.body), (StatusCode::OK, "null"));
    }
}

/// The number of sessions that the site has loaded.
fn loaded(site: &Site) -> usize {
    let lines = site.log.lines();
    let of_a_session = |line: &&String| line.contains("FROM sessions JOIN users");
    lines.iter().filter(of_a_session).count()
}

/// The change ends the other logins: it begins once the mistakes' sessions are loaded. The slow hash keeps them under way.
#[tokio::test]
async fn a_password_change_beside_four_mistakes_under_way_succeeds() {
    let site = site_with(Settings {
        cost: cost(16_384, 2),
        ..Settings::default()
    })
    .await;
    let mut desk = site.user("Ada").await;
    let mut phone = site.visitor();
    phone.log_in("Ada").await.leads_to("/");
    let mut laptop = site.visitor();
    laptop.log_in("Ada").await.leads_to("/");
    let mut phones = vec![phone; 4];
    let mistakes = phones
        .iter_mut()
        .map(|phone| confirm(phone, "not this one"));
    let (old, new) = (password("Ada"), "a brand new long password");
    let fields = [("current_password", &*old), ("password", new)];
    let right = password("Ada");
    site.let_the_log_catch_up().await;
    let before = loaded(&site);
    let after_the_mistakes_began = async {
        let all_are_loaded = async {
            while loaded(&site) - before < 4 {
                tokio::task::yield_now().await;
            }
        };
        let all_are_loaded = timeout(MINUTE, all_are_loaded).await;
        all_are_loaded.expect("the log shows four sessions");
        tokio::join!(
            confirm(&mut laptop, &right),
            desk.call("/api/password", &fields)
        )
    };
    let (mistakes, (_, changed)) =
        tokio::join!(together(mistakes.collect()), after_the_mistakes_began);
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let bodies: Vec<_> = mistakes.iter().map(|answer| &*answer.body).collect();
    assert_eq!(bodies, [r#""wrong_password""#; 4]);
}

/// On every page that asks for the password, and for programs.
#[tokio::test]
async fn a_logged_in_user_is_told_how_long_to_wait() {
    let site = site_with(Settings {
        options: Options {
            attempts_per_minute: 1000,
            ..Settings::default().options
        },
        ..Settings::default()
    })
    .await;
    let mut ada = site.user("Ada").await;
    for _ in 0..8 {
        confirm(&mut ada, "not this one").await;
        site.pass(MINUTE);
    }
    confirm(&mut ada, "not this one").await;
    let right = password("Ada");
    let change = [
        ("current_password", &*right),
        ("password", "a brand new long password"),
    ];
    for left in (1..=16).rev() {
        let answers = [
            confirm(&mut ada, &right).await,
            ada.call("/api/password", &change).await,
        ];
        for answer in answers {
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(answer.body, format!(r#"{{"try_again_in":{left}}}"#));
            assert_eq!(answer.headers["retry-after"], left.to_string());
        }
        ada.submit("/api/password", &change)
            .await
            .leads_to("/account/password");
        let plural = if left == 1 { "" } else { "s" };
        let text = format!("Too many wrong passwords. Try again in {left} second{plural}.");
        let page = ada.visit("/account/password").await;
        page.says_of("current_password", &text);
        site.pass(Duration::from_secs(1));
    }
    assert_eq!(confirm(&mut ada, &right).await.status, StatusCode::OK);
}

/// Byte for byte, but for the address that was typed and the page's nonce.
#[tokio::test]
async fn the_login_page_says_the_same_for_known_unknown_and_waiting_accounts() {
    let site = site().await;
    for name in ["Ada", "Grace", "Known"] {
        site.visitor().sign_up(name).await;
    }
    guesses(&site, "Ada", 6).await;
    guesses(&site, "Stranger", 6).await;
    let told = async |name: &str, password: &str| {
        let mut visitor = site.visitor();
        let address = email(name);
        let fields = [("email", &*address), ("password", password)];
        let answer = visitor.submit("/api/login", &fields).await;
        answer.leads_to("/login");
        let page = visitor.visit("/login").await;
        page.without_nonce().replace(&address, "the address")
    };
    let known = told("Grace", "a wrong guess").await;
    assert!(known.contains("After several mistakes, wait a moment before you try again."));
    for (name, password) in [
        ("Stranger", "a wrong guess"),
        ("Stranger", "a wrong guess"),
        ("Ada", "a wrong guess"),
        ("Ada", &*password("Ada")),
    ] {
        assert_eq!(told(name, password).await, known, "{name} {password}");
    }
    // For programs, too.
    let bodies = [
        guess(&mut site.visitor(), "Known").await,
        guess(&mut site.visitor(), "Ada").await,
        guess(&mut site.visitor(), "Stranger").await,
    ];
    for answer in bodies {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.body, r#""invalid_credentials""#);
        assert!(!answer.headers.contains_key("retry-after"));
    }
}

#[tokio::test]
async fn a_queue_is_bounded_for_each_client_and_leaves_nothing_behind() {
    let client = |number: usize| Client::Network(format!("192.0.2.{number}"));
    let turns = Turns::default();
    let first = turns.take("account:a", &client(1)).await.expect("a turn");
    let wait = |number| {
        let turns = turns.clone();
        tokio::spawn(async move { turns.take("account:a", &client(number)).await.is_some() })
    };
    let waiting: Vec<_> = (0..63).map(|_| wait(1)).collect();
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(
        turns.take("account:b", &client(1)).await.is_none(),
        "64 of one client"
    );
    let other = wait(2);
    assert!(
        turns.take("account:b", &client(2)).await.is_some(),
        "another account is free"
    );
    for task in &waiting {
        task.abort();
    }
    drop(first);
    assert!(other.await.unwrap(), "the aborted ones let it pass");
    for task in waiting {
        let _ = task.await;
    }
    assert_eq!(turns.keys(), 0);
    assert!(turns.take("account:b", &client(1)).await.is_some());
    assert_eq!(turns.keys(), 0);
}

#[tokio::test]
async fn a_turn_that_does_not_come_is_given_up() {
    let client = Client::Known("ada".into());
    let turns = Turns::default();
    let first = turns.take("confirm:ada", &client).await;
    assert!(first.is_some() && turns.take("confirm:ada", &client).await.is_none());
    drop(first);
    assert!(turns.take("confirm:ada", &client).await.is_some());
}
