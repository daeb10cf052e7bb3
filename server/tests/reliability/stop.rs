//! Servers behind nginx are restarted one after the other, under two hundred requests a second, without a failed request.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::load::{Tally, is_retry_response, row, timed};
use crate::support::nginx::nginx;
use crate::support::program::{free_address, start_with};
use crate::support::site::empty_database;
use crate::support::visitor::{Answer, Visitor, email, password};

/// How often each server is stopped.
const STOPS: usize = 3;

/// So many users that none logs in often enough to be rate limited.
const USERS: usize = 100;

/// The longest time for a stop: the delay before it, the time for open requests, and a margin for a busy machine.
const DEADLINE: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn restarting_servers_one_after_the_other_loses_no_request() {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let settings = [
        ("DATABASE_URL", &*database),
        ("TRUSTED_PROXIES", "1"),
        ("ATTEMPTS_PER_MINUTE", "1000000"),
    ];
    let addresses: [SocketAddr; 2] = [free_address(), free_address()];
    let start = |address| start_with(&folder, address, &settings);
    let mut servers = addresses.map(start);
    let nginx = nginx(&addresses);

    let (done, until) = watch::channel(false);
    let users = users(&nginx.router()).await;
    let traffic = tokio::spawn(traffic(nginx.router(), users, until));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut slowest = Duration::ZERO;
    for stop in 0..2 * STOPS {
        let server = &mut servers[stop % 2];
        server.signal("-TERM");
        let begun = Instant::now();
        let status = tokio::task::block_in_place(|| server.ends_within(DEADLINE));
        slowest = slowest.max(begun.elapsed());
        assert!(status.success(), "{status}");
        *server = tokio::task::block_in_place(|| start(server.address));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    done.send(true).unwrap();
    let mut traffic = traffic.await.unwrap();

    for tally in &mut traffic.tallies {
        tally.1.row(&format!("stops behind nginx: {}", tally.0));
    }
    let cells = [
        format!(
            "{} requests",
            traffic
                .tallies
                .iter()
                .map(|tally| tally.1.count())
                .sum::<usize>()
        ),
        format!("failed {}", traffic.failed.values().sum::<usize>()),
        format!("busy {}", traffic.busy),
        format!("  slowest stop {:.1} s", slowest.as_secs_f64()),
    ];
    row(&format!("{} stops behind nginx", 2 * STOPS), &cells);
    assert!(
        traffic.failed.is_empty(),
        "{:#?}\n{:#?}",
        traffic.failed,
        nginx.errors()
    );
}

#[derive(Default)]
struct Traffic {
    tallies: Vec<(&'static str, Tally)>,
    /// Requests without a response, or with a wrong one.
    failed: BTreeMap<String, usize>,
    /// Requests answered 503: the machine is too slow for this test or busy.
    busy: usize,
}

/// The kinds of requests, and how many of forty are of each kind.
const ACTS: [(&str, usize); 5] = [
    ("pages for guests", 25),
    ("pages for users", 11),
    ("logins", 2),
    ("logins with their logouts", 1),
    ("sign-ups", 1),
];

async fn act(
    kind: usize,
    mut user: Visitor,
    mut guest: Visitor,
    number: usize,
) -> Vec<(Answer, Duration)> {
    match ACTS[kind].0 {
        "pages for guests" => vec![timed(guest.visit("/")).await],
        "pages for users" => vec![timed(user.visit("/account")).await],
        "sign-ups" => vec![timed(sign_up(&mut guest, &format!("N{number}"))).await],
        "logins" => vec![timed(log_in(&mut guest, &name(number))).await],
        _ => vec![
            timed(log_in(&mut guest, &name(number))).await,
            timed(guest.call("/api/logout", &[])).await,
        ],
    }
}

fn name(number: usize) -> String {
    format!("U{}", number % USERS)
}

async fn log_in(visitor: &mut Visitor, name: &str) -> Answer {
    let fields = [("email", &*email(name)), ("password", &password(name))];
    visitor.call("/api/login", &fields).await
}

async fn sign_up(visitor: &mut Visitor, name: &str) -> Answer {
    let fields = [
        ("name", name),
        ("email", &email(name)),
        ("password", &password(name)),
    ];
    visitor.call("/api/signup", &fields).await
}

async fn users(router: &Router) -> Vec<Visitor> {
    let mut users = Vec::new();
    for number in 0..USERS {
        let mut user = Visitor::new(router.clone());
        user.sign_up(&name(number)).await;
        user.log_in(&name(number)).await.leads_to("/");
        users.push(user);
    }
    users
}

/// Two hundred requests a second, sent on time even if earlier ones are unanswered.
async fn traffic(router: Router, users: Vec<Visitor>, until: watch::Receiver<bool>) -> Traffic {
    let kinds: Vec<usize> = (0..ACTS.len())
        .flat_map(|kind| std::iter::repeat_n(kind, ACTS[kind].1))
        .collect();
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    let mut open = JoinSet::new();
    for number in 0.. {
        if *until.borrow() {
            break;
        }
        beat.tick().await;
        // Coprime with the number of users, so that the kinds are mixed.
        let kind = kinds[number * 7 % kinds.len()];
        let user = users[number % users.len()].clone();
        let guest = Visitor::new(router.clone());
        open.spawn(async move { (kind, act(kind, user, guest, number).await) });
    }
    let mut traffic = Traffic {
        tallies: ACTS.map(|(what, _)| (what, Tally::default())).into(),
        ..Traffic::default()
    };
    for (kind, answers) in open.join_all().await {
        for (answer, time) in answers {
            traffic.tallies[kind].1.add(answer.status, time);
            if is_retry_response(&answer) {
                traffic.busy += 1;
            } else if answer.status != StatusCode::OK {
                let what = format!("{}: {}", ACTS[kind].0, answer.status);
                *traffic.failed.entry(what).or_default() += 1;
            }
        }
    }
    traffic
}
