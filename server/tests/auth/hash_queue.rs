//! The queue for password hashes: few run at a time, others wait, and no client takes more than its share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use app::auth::{Client, Options, Passwords};
use axum::http::StatusCode;
use secrecy::SecretString;
use tokio::task::JoinSet;

use crate::support::site::{Settings, Site, cost, site_with};
use crate::support::visitor::{LOGIN_FORM, Visitor, email, password};

/// A visitor with a separate address.
fn from(site: &Site, number: usize) -> Visitor {
    let mut visitor = site.visitor();
    visitor.address = Some(([10, 0, 0, u8::try_from(number).unwrap()], 4711).into());
    visitor
}

/// Wrong logins in an endless loop, each to another account.
struct Flood {
    over: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Flood {
    fn begin(site: &Site, address: fn(usize) -> usize) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for number in 0..40 {
            let (mut visitor, over) = (from(site, address(number)), Arc::clone(&over));
            tasks.spawn(async move {
                for round in 0.. {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let email = format!("{number}.{round}@example.com");
                    let fields = [("email", &*email), ("password", "x")];
                    visitor.call("/api/login", &fields).await;
                }
            });
        }
        Self { over, tasks }
    }

    async fn end(self) {
        self.over.store(true, Ordering::SeqCst);
        self.tasks.join_all().await;
    }
}

#[tokio::test]
async fn a_full_queue_answers_503_at_once_and_pages_still_load() {
    let site = site_with(Settings {
        cost: cost(65_536, 4),
        ..Settings::default()
    })
    .await;
    let mut ada = site.visitor();
    ada.sign_up("Ada").await;
    let permits = std::thread::available_parallelism().unwrap().get() * 17;
    let mut attempts = JoinSet::new();
    for number in 0..permits + 40 {
        let mut visitor = from(&site, number);
        attempts.spawn(async move {
            let email = format!("{number}@example.com");
            visitor
                .call("/api/login", &[("email", &email), ("password", "x")])
                .await
        });
    }
    tokio::task::yield_now().await;
    site.visitor().visit("/login").await.shows(LOGIN_FORM);
    let answers = attempts.join_all().await;
    let (busy, done): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE);
    // A hash that finishes before the last request arrives frees a permit.
    assert!(
        (1..=permits / 4 + 40).contains(&busy.len()),
        "{}",
        busy.len()
    );
    assert!(done.len() >= permits - permits / 4);
    assert!(
        busy.iter()
            .all(|answer| answer.body == r#""busy""# && answer.headers["retry-after"] == "2")
    );
    assert!(
        done.iter()
            .all(|answer| answer.status == StatusCode::UNAUTHORIZED)
    );
    ada.log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn one_client_cannot_fill_the_queue() {
    let site = site_with(Settings {
        cost: cost(65_536, 4),
        ..Settings::default()
    })
    .await;
    site.visitor().sign_up("Ada").await;
    let permits = std::thread::available_parallelism().unwrap().get() * 17;
    let share = permits / 4;
    let mut attempts = JoinSet::new();
    for number in 0..share + 40 {
        let mut flood = from(&site, 1);
        attempts.spawn(async move {
            let email = format!("{number}@example.com");
            let fields = [("email", &*email), ("password", "x")];
            flood.call("/api/login", &fields).await.status
        });
    }
    tokio::task::yield_now().await;
    from(&site, 2).log_in("Ada").await.leads_to("/");
    let answers = attempts.join_all().await;
    let busy = answers
        .iter()
        .filter(|&&status| status == StatusCode::SERVICE_UNAVAILABLE);
    assert!((1..=40).contains(&busy.count()), "{answers:?}");
}

#[tokio::test]
async fn a_flood_from_many_addresses_leaves_permits_for_known_browsers_and_users() {
    let site = site_with(Settings {
        cost: cost(65_536, 4),
        options: Options {
            attempts_per_minute: 100_000,
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    let mut ada = from(&site, 200);
    ada.sign_up("Ada").await;
    ada.log_in("Ada").await.leads_to("/");
    let mut known = from(&site, 201);
    known.log_in("Ada").await.leads_to("/");
    known.log_out().await;
    let flood = Flood::begin(&site, |number| number);
    let (email, password) = (email("Ada"), password("Ada"));
    let fields = [("email", &*email), ("password", &*password)];
    // The right password in an unknown browser.
    let mut unknown = StatusCode::OK;
    while unknown != StatusCode::SERVICE_UNAVAILABLE {
        unknown = from(&site, 202).call("/api/login", &fields).await.status;
    }
    let confirm = [("current_password", &*password)];
    let (logged_in, confirmed) = tokio::join!(
        known.call("/api/login", &fields),
        ada.call("/api/confirm", &confirm)
    );
    assert_eq!(logged_in.status, StatusCode::OK);
    assert_eq!(confirmed.status, StatusCode::OK);
    flood.end().await;
}

#[tokio::test]
async fn a_full_queue_does_not_count_as_an_attempt() {
    let site = site_with(Settings {
        cost: cost(65_536, 4),
        options: Options {
            attempts_per_minute: 100_000,
            ..Options::default()
        },
        ..Settings::default()
    })
    .await;
    site.visitor().sign_up("Ada").await;
    let (email, password) = (email("Ada"), password("Ada"));
    let fields = [("email", &*email), ("password", &*password)];
    // Six wrong passwords cause a wait of two seconds, which has passed.
    for _ in 0..6 {
        let fields = [("email", &*email), ("password", "x")];
        from(&site, 3).call("/api/login", &fields).await;
    }
    site.pass(std::time::Duration::from_secs(2));
    let flood = Flood::begin(&site, |_| 1);
    let mut busy = 0;
    for _ in 0..100 {
        // These come from the address that uses its whole share all the time.
        let answer = from(&site, 1).call("/api/login", &fields).await;
        let turned_away = answer.status == StatusCode::SERVICE_UNAVAILABLE;
        busy = if turned_away { busy + 1 } else { 0 };
        if busy == 6 {
            break;
        }
    }
    assert_eq!(busy, 6);
    flood.end().await;
    from(&site, 2).log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn aborted_requests_free_their_permits() {
    let passwords = Passwords::new(cost(19_456, 2));
    let password = SecretString::from("a wrong password");
    let permits = std::thread::available_parallelism().unwrap().get() * 17;
    // Each request is admitted, waits or hashes, and is then aborted.
    let client = |number: usize| Client::Known((number % 8).to_string());
    for number in 0..2 * permits {
        let client = client(number);
        let mut hash = Box::pin(passwords.verify(&password, None, &client));
        let begun = std::future::poll_fn(|context| Poll::Ready(hash.as_mut().poll(context)));
        let _ = begun.await;
    }
    // When the running hashes have finished, all permits are free again.
    let mut tries = JoinSet::new();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    for number in 0..permits {
        let passwords = passwords.clone();
        tries.spawn(async move {
            passwords
                .verify(&"a wrong password".into(), None, &client(number))
                .await
        });
    }
    assert!(
        tries
            .join_all()
            .await
            .iter()
            .all(|answer| *answer == Ok(false))
    );
}
