//! The program is killed repeatedly while mail flows. Afterwards every answered change has its mail, once or, where the program was
//! killed between the mail server's answer and its own note of it, twice with one Message-ID.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use sqlx::AnyConnection;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::postbox::{Received, received};
use super::smtp::MailServer;
use crate::support::gateway::gateway;
use crate::support::load::{random_up_to, row};
use crate::support::program::{free_address, start_with};
use crate::support::site::{TestDatabase, connect, empty_database};
use crate::support::visitor::{Answer, Visitor, email, password};

const KILLS: usize = 100;

/// The program is killed after a random number of answered requests, at most this many.
const MOST: usize = 40;

/// The number of concurrent users.
const PEOPLE: usize = 4;

/// How long a mail may wait in the end: one that was being sent waits for its lease to end.
const PATIENCE: Duration = Duration::from_mins(4);

/// Mails by recipient and subject.
type Mails = BTreeMap<(String, &'static str), usize>;

/// What one user has asked for.
#[derive(Default)]
struct Asked {
    /// Mails of answered requests.
    certain: Mails,
    /// Those of the request that got no response: all of them, or none.
    doubtful: Mails,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn every_answered_change_has_its_mail_after_a_hundred_kills() {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let server = MailServer::start().await;
    let mail_url = format!("smtp://{}", server.address);
    let settings = [
        ("DATABASE_URL", &*database),
        ("ATTEMPTS_PER_MINUTE", "1000000"),
        ("MAIL_URL", &*mail_url),
        ("MAIL_FROM", "Example <hello@app.test>"),
        ("SITE_URL", "https://app.test"),
        ("SIGN_UP", "open"),
    ];
    let answered = Arc::<AtomicUsize>::default();
    let mut asked = Vec::new();
    for round in 0..KILLS {
        let mut program = start_with(&folder, free_address(), &settings);
        let until = answered.load(Ordering::Relaxed) + random_up_to(MOST);
        let lives = (0..PEOPLE).map(|person| {
            let name = format!("R{round}P{person}");
            live(gateway(program.address), name, Arc::clone(&answered))
        });
        let lives: JoinSet<_> = lives.collect();
        while answered.load(Ordering::Relaxed) < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(random_up_to(200) as u64)).await;
        program.signal("-KILL");
        program.ends_within(Duration::from_secs(5));
        asked.extend(lives.join_all().await.into_iter().flatten());
    }
    let program = start_with(&folder, free_address(), &settings);
    let mut connection = connect(&database).await;
    let begun = Instant::now();
    while waiting(&mut connection).await > 0 {
        assert!(begun.elapsed() < PATIENCE, "mail is stuck");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    drop(program);

    let mails = by_id(&server.mails());
    let twice = mails.values().filter(|copies| copies.len() == 2).count();
    let more = mails.values().filter(|copies| copies.len() > 2).count();
    let (engine, _) = database.split_once(':').expect("a URL");
    let cells = [
        format!("answered {}", answered.load(Ordering::Relaxed)),
        format!("mails {}", mails.len()),
        format!("twice {twice}"),
        format!("more {more}"),
    ];
    row(&format!("{KILLS} kills with mail, {engine}"), &cells);
    assert_eq!(more, 0, "mails were sent more than twice");
    assert_eq!(differences(&asked, &mails), Vec::<String>::new());
    let dump = dump(&database, &folder);
    for copies in mails.values() {
        for word in secrets(&copies[0]) {
            assert!(!dump.contains(&word), "{word} is in the database");
        }
    }
}

/// Users, one after the other, until a request gets no response.
async fn live(router: Router, name: String, answered: Arc<AtomicUsize>) -> Vec<Asked> {
    let mut lives = Vec::new();
    for number in 0.. {
        let mut asked = Asked::default();
        let name = format!("{name}N{number}");
        let is_done = use_the_site(&router, &name, &mut asked, &answered).await;
        lives.push(asked);
        if is_done.is_none() {
            break;
        }
    }
    lives
}

/// `None`: a request got no response.
async fn use_the_site(
    router: &Router,
    name: &str,
    asked: &mut Asked,
    answered: &AtomicUsize,
) -> Option<()> {
    let mut visitor = Visitor::new(router.clone());
    let (address, current) = (&*email(name), &*password(name));
    let new = &*new_address(name);
    for (path, fields, mails) in [
        (
            "/api/signup",
            vec![("name", name), ("email", address), ("password", current)],
            vec![],
        ),
        (
            "/api/login",
            vec![("email", address), ("password", current)],
            vec![(address, "New login to your account")],
        ),
        (
            "/api/create_token",
            vec![("token_name", "Backup"), ("days", "30")],
            vec![(address, "New access token")],
        ),
        (
            "/api/change_email",
            vec![("email", new)],
            vec![
                (new, "Confirm your new address"),
                (address, "Your address is about to change"),
            ],
        ),
        (
            "/api/password",
            vec![
                ("current_password", current),
                ("password", "a second long password"),
            ],
            vec![(address, "Your password was changed")],
        ),
        (
            "/api/forgot_password",
            vec![("email", address)],
            vec![(address, "Set a new password")],
        ),
        (
            "/api/delete_account",
            vec![],
            vec![(address, "Your account will be deleted")],
        ),
    ] {
        let mails = mails
            .iter()
            .map(|(to, subject)| ((*to).to_owned(), *subject));
        let mails: Mails = mails.map(|mail| (mail, 1)).collect();
        if is_answered(&visitor.call(path, &fields).await) {
            answered.fetch_add(1, Ordering::Relaxed);
            asked.certain.extend(mails);
        } else {
            asked.doubtful = mails;
            return None;
        }
    }
    Some(())
}

fn new_address(name: &str) -> String {
    format!("new-{}", email(name))
}

/// A 502 is not a response, and after a 503 the outcome is unknown, too.
fn is_answered(answer: &Answer) -> bool {
    let is_error = answer.status.is_server_error();
    assert!(
        is_error || answer.status == StatusCode::OK,
        "{}",
        answer.body
    );
    !is_error
}

async fn waiting(connection: &mut AnyConnection) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'");
    count.fetch_one(connection).await.expect("a number")
}

/// The mails by their Message-ID. Copies are equal.
fn by_id(mails: &[String]) -> BTreeMap<String, Vec<Received>> {
    let mut found = BTreeMap::<String, Vec<Received>>::new();
    for mail in mails {
        let id = mail.lines().find(|line| line.starts_with("Message-ID: "));
        let copies = found.entry(id.expect("a Message-ID").into()).or_default();
        copies.push(received(mail));
        assert_eq!(copies[0].raw, copies[copies.len() - 1].raw);
    }
    found
}

/// Each mail that is lost, and each without a request.
fn differences(asked: &[Asked], mails: &BTreeMap<String, Vec<Received>>) -> Vec<String> {
    let mut came = BTreeMap::<(String, String), usize>::new();
    for copies in mails.values() {
        let mail = &copies[0];
        *came
            .entry((mail.to.clone(), mail.subject.clone()))
            .or_default() += 1;
    }
    let mut take = |(to, subject): &(String, &'static str)| {
        let key = (to.clone(), (*subject).to_owned());
        came.remove(&key).unwrap_or_default()
    };
    let mut wrong = Vec::new();
    for asked in asked {
        for (mail, count) in &asked.certain {
            let came = take(mail);
            if came != *count {
                wrong.push(format!("{mail:?}: {came} times"));
            }
        }
        let doubtful: Vec<usize> = asked.doubtful.keys().map(&mut take).collect();
        let is_whole = doubtful
            .iter()
            .all(|&came| came == doubtful[0] && came <= 1);
        if !is_whole {
            wrong.push(format!("a part of {:?}: {doubtful:?}", asked.doubtful));
        }
    }
    wrong.extend(
        came.keys()
            .map(|mail| format!("{mail:?}: no request asked for it")),
    );
    wrong
}

/// What a reader of the database must not find: the token of the mail, and an address that no account has.
fn secrets(mail: &Received) -> Vec<String> {
    let token = mail.text.split("?link=").nth(1);
    let token = token.and_then(|rest| rest.split_whitespace().next());
    let address = Some(&*mail.to).filter(|to| to.starts_with("new-"));
    token
        .into_iter()
        .chain(address)
        .map(str::to_owned)
        .collect()
}

fn dump(database: &TestDatabase, folder: &TempDir) -> String {
    if database.starts_with("postgres:") {
        let dump = Command::new("pg_dump").arg(&**database).output();
        let dump = dump.expect("pg_dump");
        assert!(dump.status.success() && !dump.stdout.is_empty(), "a dump");
        return String::from_utf8_lossy(&dump.stdout).into_owned();
    }
    let files = ["database.sqlite", "database.sqlite-wal"];
    let files = files.map(|file| std::fs::read(folder.path().join(file)).unwrap_or_default());
    let all = files.concat();
    assert!(!all.is_empty());
    String::from_utf8_lossy(&all).into_owned()
}
