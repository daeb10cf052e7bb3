//! The database goes down and comes back. During the outage no user is logged in or out, and every response asks the
//! client to retry. Afterwards everything works again without a restart.

use std::process::Command;
use std::time::Duration;

use axum::http::{StatusCode, header};
use sqlx::{AnyConnection, Executor, query};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::load::{Tally, is_retry_response, row, timed, visits};
use crate::support::program::{Program, free_address, start_with};
use crate::support::site::{connect, empty_database};
use crate::support::visitor::{Answer, Visitor, email, password};

/// The longest response time during an outage.
const RESPONSE_LIMIT: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it stops the PostgreSQL of all tests: .ci/endure runs it"]
async fn a_database_restart_logs_no_user_out() {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let program = start_with(&folder, free_address(), &[("DATABASE_URL", &database)]);
    let mut ada = program.user("Ada").await;

    postgres("stop");
    // First one request at a time, then many at once.
    let mut wrong = without_a_database(&program, &ada, "PostgreSQL stopped").await;
    let mut tally = Tally::default();
    for (answer, time) in visits(ada.clone(), 50).await {
        tally.add(answer.status, time);
        wrong.extend(check_unavailable("/account among fifty", &answer, time));
    }
    tally.row("PostgreSQL stopped: /account, fifty at once");
    postgres("start");

    let (page, time) = timed(ada.visit("/account")).await;
    row("PostgreSQL back: the next request", &cells(&page, time));
    let (login, _) = timed(log_in(&mut program.visitor())).await;
    assert_eq!(page.status, StatusCode::OK, "without a restart");
    assert_eq!(login.status, StatusCode::OK, "{}", login.body);
    assert_eq!(wrong, Vec::<String>::new());

    for round in 0..5 {
        terminate_others(&mut connect(&database).await).await;
        let (page, time) = timed(ada.visit("/account")).await;
        if round == 0 {
            row(
                "all connections terminated: the next request",
                &cells(&page, time),
            );
        }
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let login = log_in(&mut program.visitor()).await;
        assert_eq!(login.status, StatusCode::OK, "{}", login.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "some seconds long: .ci/endure runs it"]
async fn a_locked_database_serves_readers_and_asks_writers_to_retry() {
    let folder = TempDir::new().unwrap();
    let file = format!("sqlite:{}", folder.path().join("database.sqlite").display());
    let program = start_with(&folder, free_address(), &[("DATABASE_URL", &file)]);
    let mut ada = program.user("Ada").await;
    let mut script = program.visitor();
    script.token = Some(ada.create_token("never used").await);

    let mut lock = connect(&file).await;
    lock.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let held = tokio::time::sleep(Duration::from_secs(10));
    let mut wrong = Vec::new();
    let mut reads = Tally::default();
    let requests = async {
        for _ in 0..3 {
            let (answer, time) = timed(log_in(&mut program.visitor())).await;
            row("SQLite locked: a login", &cells(&answer, time));
            wrong.extend(check_unavailable("login", &answer, time));
            let (answer, time) = timed(ada.visit("/account")).await;
            reads.add(answer.status, time);
        }
        // Each of these requests would write that the token was used.
        let uses = (0..50).map(|_| {
            let mut script = script.clone();
            async move { timed(script.ask("/api/account")).await }
        });
        let uses: JoinSet<_> = uses.collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (page, time) = timed(ada.visit("/account")).await;
        row(
            "SQLite locked: /account beside fifty scripts",
            &cells(&page, time),
        );
        reads.add(page.status, time);
        if time > Duration::from_secs(1) {
            wrong.push(format!("/account beside fifty scripts after {time:.1?}"));
        }
        for (answer, time) in uses.join_all().await {
            reads.add(answer.status, time);
        }
    };
    tokio::join!(requests, held);
    reads.row("SQLite locked: /account");
    lock.execute("ROLLBACK")
        .await
        .expect("the lock is released");
    let answer = log_in(&mut program.visitor()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(reads.statuses(), [StatusCode::OK]);
    assert_eq!(wrong, Vec::<String>::new());
}

/// The responses to each kind of request, and which of them are wrong.
async fn without_a_database(program: &Program, ada: &Visitor, when: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in ["/account", "/account/delete", "/login"] {
        let (answer, time) = timed(ada.clone().visit(path)).await;
        row(&format!("{when}: {path} as a user"), &cells(&answer, time));
        wrong.extend(check_unavailable(path, &answer, time));
    }
    for path in ["/api/current_user", "/api/account"] {
        let (answer, time) = timed(ada.clone().ask(path)).await;
        row(&format!("{when}: {path} as a user"), &cells(&answer, time));
        wrong.extend(check_unavailable(path, &answer, time));
    }
    let (answer, time) = timed(log_in(&mut program.visitor())).await;
    row(&format!("{when}: a login"), &cells(&answer, time));
    wrong.extend(check_unavailable("login", &answer, time));
    let (answer, time) = timed(ada.clone().call("/api/logout", &[])).await;
    row(&format!("{when}: a logout"), &cells(&answer, time));
    wrong.extend(check_unavailable("log out", &answer, time));

    // A guest's page needs no database.
    for (path, status) in [
        ("/login", StatusCode::OK),
        ("/signup", StatusCode::OK),
        ("/health/live", StatusCode::OK),
        ("/health/ready", StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let (answer, time) = timed(program.visitor().visit(path)).await;
        row(&format!("{when}: {path} as a guest"), &cells(&answer, time));
        if answer.status != status || time > RESPONSE_LIMIT || !answer.cookies().is_empty() {
            wrong.push(format!("{path}: {} after {time:.1?}", answer.status));
        }
    }
    wrong
}

/// Checks for a 503 in time, with `Retry-After` and without a cookie.
pub fn check_unavailable(what: &str, answer: &Answer, time: Duration) -> Option<String> {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().count();
    let fine = is_retry_response(answer) && cookies == 0 && time <= RESPONSE_LIMIT;
    (!fine).then(|| {
        format!(
            "{what}: {} after {time:.1?}, {cookies} cookies",
            answer.status
        )
    })
}

fn cells(answer: &Answer, time: Duration) -> [String; 2] {
    [
        answer.status.as_u16().to_string(),
        format!("{} ms", time.as_millis()),
    ]
}

pub async fn log_in(visitor: &mut Visitor) -> Answer {
    let fields = [("email", &*email("Ada")), ("password", &password("Ada"))];
    visitor.call("/api/login", &fields).await
}

/// Stops or starts the server of `TEST_DATABASE_URL`.
fn postgres(what: &str) {
    let control = std::env::var_os("TEST_DATABASE_CONTROL").expect("see .ci/with-postgres");
    let done = Command::new(control).arg(what).status().expect("pg_ctl");
    assert!(done.success(), "{what}: {done}");
}

/// Ends all connections to the database but this one, and waits until they have ended.
pub async fn terminate_others(connection: &mut AnyConnection) {
    // To wait for them by itself takes PostgreSQL a tenth of a second each.
    let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while query(terminate)
        .fetch_optional(&mut *connection)
        .await
        .expect("an answer")
        .is_some()
    {}
}
