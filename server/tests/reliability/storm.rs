//! Two hundred clients guess passwords for a minute. Pages load as usual, and users in known browsers can log in. An
//! unknown browser can log in if the guesses come from few addresses; if they come from many it is asked to retry.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::gateway::Connection;
use crate::support::load::{Tally, Traffic, is_retry_response, row, show};
use crate::support::program::{free_address, start_with};
use crate::support::site::empty_database;
use crate::support::visitor::{Visitor, email, encode, password};

const GUESSERS: u32 = 200;
const STORM: Duration = Duration::from_mins(1);

/// A user who must be able to log in succeeds within this time, including retries after a 503.
const GETS_IN: Duration = Duration::from_secs(10);

/// How much a process may grow: a hash of 19 MiB per core, and a margin.
fn allowed_growth() -> u64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    19 * cores as u64 + 64
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn guesses_from_many_addresses_do_not_lock_out_known_browsers() {
    let random = || Ipv4Addr::from_bits(getrandom::u32().expect("random numbers"));
    storm("many addresses", random, false).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn guesses_from_one_address_do_not_lock_out_other_clients() {
    storm("one address", || Ipv4Addr::new(192, 0, 2, 1), true).await;
}

async fn storm(from: &str, address_of: fn() -> Ipv4Addr, unknown_browsers_get_in: bool) {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let settings = [
        ("DATABASE_URL", &*database),
        ("TRUSTED_PROXIES", "1"),
        ("ATTEMPTS_PER_MINUTE", "30"),
    ];
    let program = start_with(&folder, free_address(), &settings);
    let traffic = Traffic::of(&program).await;
    let mut known = program.visitor_from("198.51.100.100");
    known.sign_up("Ada").await;
    known.log_in("Ada").await.leads_to("/");
    known.log_out().await;

    let mut wrong = show("idle", traffic.run_for(Duration::from_secs(10)).await);
    let before = program.memory().now;
    let attackers = (0..GUESSERS).map(|_| guess(program.address, address_of));
    let attackers: JoinSet<Tally> = attackers.collect();
    let (tallies, from_known, from_new) = tokio::join!(
        traffic.run_for(STORM),
        ada_logs_in_often(|_| known.clone()),
        ada_logs_in_often(|number| program.visitor_from(&format!("198.51.100.{number}"))),
    );
    let during = program.memory().peak;
    wrong.extend(show(&format!("storm, {from}"), tallies));
    let mut guesses = Tally::default();
    for attacker in attackers.join_all().await {
        guesses.add_all(&attacker);
    }
    guesses.row(&format!("storm, {from}: guesses"));
    for (browser, tries) in [("a known", from_known), ("a new", from_new)] {
        for (number, tried) in tries.into_iter().enumerate() {
            let what = format!("storm, {from}: {browser} browser, {}", number + 1);
            match tried {
                Ok((tries, time)) => {
                    let cells = [format!("{tries} tries"), format!("{} ms", time.as_millis())];
                    row(&what, &cells);
                }
                Err(why) => {
                    row(&what, &["NOT".into(), why.clone()]);
                    if browser == "a known" || unknown_browsers_get_in {
                        wrong.push(format!("{what}: {why}"));
                    }
                }
            }
        }
    }
    let calm = ada_logs_in(program.visitor()).await;
    assert!(calm.is_ok(), "after the attack: {calm:?}");
    let after = program.memory().now;
    let cells = [
        format!("before {before} MiB"),
        format!("most {during} MiB"),
        format!("  after {after} MiB"),
    ];
    row(&format!("storm, {from}: memory"), &cells);
    assert_eq!(wrong, Vec::<String>::new());
    assert_ne!(
        guesses.of(StatusCode::UNAUTHORIZED) + guesses.of(StatusCode::TOO_MANY_REQUESTS),
        0
    );
    assert!(
        during <= before + allowed_growth(),
        "{during} MiB after {before} MiB"
    );
}

/// Wrong passwords one after the other, each for another account.
async fn guess(address: SocketAddr, address_of: fn() -> Ipv4Addr) -> Tally {
    let mut tally = Tally::default();
    let begun = Instant::now();
    let mut open = None;
    while begun.elapsed() < STORM {
        let number = getrandom::u64().expect("random numbers");
        let fields = [
            ("email", &*email(&format!("n{number}"))),
            ("password", "one of many guesses"),
        ];
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/login")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", address_of().to_string())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(encode(&fields)))
            .unwrap();
        let asked = Instant::now();
        let answer = async {
            let mut connection = match open.take() {
                Some(connection) => connection,
                None => Connection::open(address).await?,
            };
            let answer = connection.ask(request).await?;
            open = Some(connection);
            std::io::Result::Ok(answer.status())
        };
        let status = answer.await.unwrap_or(StatusCode::BAD_GATEWAY);
        tally.add(status, asked.elapsed());
    }
    tally
}

type Tried = Result<(usize, Duration), String>;

/// Six logins, each with the browser that `browser` returns.
async fn ada_logs_in_often(browser: impl Fn(u32) -> Visitor) -> Vec<Tried> {
    let mut tries = Vec::new();
    let mut beat = tokio::time::interval(STORM / 6);
    for number in 1..=6 {
        beat.tick().await;
        tries.push(ada_logs_in(browser(number)).await);
    }
    tries
}

async fn ada_logs_in(mut ada: Visitor) -> Tried {
    let begun = Instant::now();
    let fields = [("email", &*email("Ada")), ("password", &password("Ada"))];
    for tries in 1.. {
        let answer = ada.call("/api/login", &fields).await;
        let time = begun.elapsed();
        if answer.status == StatusCode::OK && time <= GETS_IN {
            return Ok((tries, time));
        }
        if !is_retry_response(&answer) || time > GETS_IN {
            return Err(format!("{} after {tries} tries, {time:.1?}", answer.status));
        }
        let wait = answer.headers[header::RETRY_AFTER].to_str().unwrap();
        tokio::time::sleep(Duration::from_secs(wait.parse().expect("seconds"))).await;
    }
    unreachable!()
}
