//! The program is killed repeatedly in the middle of its work. Afterwards every answered change is present, and every
//! unanswered one is present completely or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::gateway::gateway;
use crate::support::load::{random_up_to, row};
use crate::support::program::{free_address, start_with};
use crate::support::site::{connect, empty_database};
use crate::support::visitor::{Answer, Visitor, email, password};

const KILLS: usize = 100;

/// The program is killed after a random number of answered requests, at most this many.
const MOST: usize = 60;

/// The program is killed at the latest after this time.
const ROUND: Duration = Duration::from_secs(20);

/// The number of concurrent users.
const PEOPLE: usize = 6;

/// An account, and what its owner knows for certain.
struct Account {
    name: String,
    password: String,
    /// The request that got no response.
    doubt: Option<Doubt>,
    /// Browsers that are logged in.
    alive: Vec<Visitor>,
    /// Browsers with the cookie of an ended login.
    dead: Vec<Visitor>,
    /// The answered requests of all accounts.
    answered: Arc<AtomicUsize>,
}

enum Doubt {
    SignUp,
    /// A change to this password.
    NewPassword(&'static str),
    /// A login or a logout; the browser that sent it is no longer checked.
    Session,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn answered_changes_survive_a_hundred_kills_and_none_is_partial() {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let settings = [
        ("DATABASE_URL", &*database),
        ("ATTEMPTS_PER_MINUTE", "1000000"),
    ];
    let answered = Arc::<AtomicUsize>::default();
    let mut accounts = Vec::new();
    let mut lost = Vec::new();
    let mut slowest = Duration::ZERO;
    for round in 0..KILLS {
        let begun = Instant::now();
        let mut program = start_with(&folder, free_address(), &settings);
        slowest = slowest.max(begun.elapsed());
        let until = answered.load(Ordering::Relaxed) + random_up_to(MOST);
        let lives = (0..PEOPLE).map(|person| {
            let first = Account::new(format!("R{round}P{person}"), &answered);
            live(gateway(program.address), first)
        });
        let lives: JoinSet<_> = lives.collect();
        let begun = Instant::now();
        while answered.load(Ordering::Relaxed) < until && begun.elapsed() < ROUND {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(random_up_to(50) as u64)).await;
        program.signal("-KILL");
        program.ends_within(Duration::from_secs(5));
        let touched = lives.join_all().await.into_iter().flatten();

        let program = start_with(&folder, free_address(), &settings);
        let checks = touched.map(|account| account.checked(gateway(program.address)));
        for (account, wrong) in checks.collect::<JoinSet<_>>().join_all().await {
            lost.extend(wrong);
            accounts.push(account);
        }
    }
    // Ended logins are still ended, and the others are still valid.
    let program = start_with(&folder, free_address(), &settings);
    for account in &mut accounts {
        lost.extend(account.wrong_logins(&gateway(program.address)).await);
    }
    drop(program);

    let (engine, _) = database.split_once(':').expect("a URL");
    let answered = answered.load(Ordering::Relaxed);
    let cells = [
        format!("answered {answered}"),
        format!("lost {}", lost.len()),
        format!("  slowest start {} ms", slowest.as_millis()),
    ];
    row(&format!("{KILLS} kills, {engine}"), &cells);
    if engine == "sqlite" {
        let check = integrity(&database).await;
        row("PRAGMA integrity_check", std::slice::from_ref(&check));
        assert_eq!(check, "ok");
    }
    assert_eq!(lost, Vec::<String>::new());
    assert!(
        answered > KILLS * MOST / 4,
        "too few requests were answered: {answered}"
    );
}

/// One user, who uses one account after the other until a request gets no response.
async fn live(router: Router, first: Account) -> Vec<Account> {
    let mut accounts = Vec::new();
    let mut next = first;
    loop {
        next.doubt = next.use_the_site(&router).await.err();
        let dead = next.doubt.is_some();
        let after = Account::new(format!("{}N", next.name), &next.answered);
        accounts.push(std::mem::replace(&mut next, after));
        if dead {
            return accounts;
        }
    }
}

impl Account {
    fn new(name: String, answered: &Arc<AtomicUsize>) -> Self {
        Self {
            password: password(&name),
            name,
            doubt: None,
            alive: Vec::new(),
            dead: Vec::new(),
            answered: Arc::clone(answered),
        }
    }

    async fn use_the_site(&mut self, router: &Router) -> Result<(), Doubt> {
        let mut desk = Visitor::new(router.clone());
        let mut phone = Visitor::new(router.clone());
        self.sign_up(&mut desk).await?;
        self.log_in(&mut phone).await?;
        self.log_in(&mut desk).await?;
        self.change_password(&mut desk, "a second long password")
            .await?;
        self.log_in(&mut phone).await?;
        self.log_out(&mut phone).await?;
        self.log_in(&mut phone).await?;
        self.change_password(&mut phone, "and a third long password")
            .await?;
        self.log_out(&mut phone).await?;
        self.log_in(&mut desk).await
    }

    async fn sign_up(&mut self, visitor: &mut Visitor) -> Result<(), Doubt> {
        let (email, password) = (email(&self.name), self.password.clone());
        let fields = [
            ("name", &*self.name),
            ("email", &email),
            ("password", &password),
        ];
        let answer = visitor.call("/api/signup", &fields).await;
        self.is_done(&answer, Doubt::SignUp)
    }

    async fn log_in(&mut self, visitor: &mut Visitor) -> Result<(), Doubt> {
        let before = self.forget(visitor);
        let fields = [("email", &*email(&self.name)), ("password", &self.password)];
        let answer = visitor.call("/api/login", &fields).await;
        self.is_done(&answer, Doubt::Session)?;
        self.dead.extend(before);
        self.alive.push(visitor.clone());
        Ok(())
    }

    /// Ends every login of the account, and begins one in this browser.
    async fn change_password(
        &mut self,
        visitor: &mut Visitor,
        new: &'static str,
    ) -> Result<(), Doubt> {
        let before = self.forget(visitor);
        let fields = [("current_password", &*self.password), ("password", new)];
        let answer = visitor.call("/api/password", &fields).await;
        self.is_done(&answer, Doubt::NewPassword(new))?;
        new.clone_into(&mut self.password);
        self.dead.extend(before);
        self.dead.append(&mut self.alive);
        self.alive.push(visitor.clone());
        Ok(())
    }

    async fn log_out(&mut self, visitor: &mut Visitor) -> Result<(), Doubt> {
        let before = self.forget(visitor);
        let answer = visitor.call("/api/logout", &[]).await;
        self.is_done(&answer, Doubt::Session)?;
        self.dead.extend(before);
        Ok(())
    }

    /// Removes the browser from the list and returns it: until the response arrives, it may be logged in or out.
    fn forget(&mut self, visitor: &Visitor) -> Option<Visitor> {
        let at = |one: &Visitor| one.cookies == visitor.cookies;
        let at = self.alive.iter().position(at)?;
        Some(self.alive.swap_remove(at))
    }

    /// A 502 is not a response, and after a 503 the outcome is unknown, too.
    fn is_done(&self, answer: &Answer, doubt: Doubt) -> Result<(), Doubt> {
        if answer.status.is_server_error() {
            return Err(doubt);
        }
        let name = &self.name;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
        self.answered.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Checks the account after a restart. Returns it with its present state, and what is lost or partial.
    async fn checked(mut self, router: Router) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        match self.doubt.take() {
            Some(Doubt::SignUp) => {
                if !self.accepts_password(&router, &self.password).await {
                    // The account does not exist, so it can be created.
                    let (email, password) = (email(&self.name), &*self.password);
                    let fields = [
                        ("name", &*self.name),
                        ("email", &email),
                        ("password", password),
                    ];
                    assert_eq!(
                        submit_until_admitted(&router, "/api/signup", &fields).await,
                        StatusCode::OK
                    );
                    if !self.accepts_password(&router, &self.password).await {
                        wrong.push(format!("{}: half an account", self.name));
                    }
                }
            }
            Some(Doubt::NewPassword(new)) => {
                let old = self.accepts_password(&router, &self.password).await;
                if old == self.accepts_password(&router, new).await {
                    wrong.push(format!("{}: the old password works: {old}", self.name));
                }
                if !old {
                    // The new password is valid, so the change has ended all logins.
                    self.dead.append(&mut self.alive);
                }
            }
            Some(Doubt::Session) | None => {
                if !self.accepts_password(&router, &self.password).await {
                    wrong.push(format!("{}: the password does not work", self.name));
                }
            }
        }
        if self.password != password(&self.name)
            && self.accepts_password(&router, &password(&self.name)).await
        {
            wrong.push(format!("{}: the first password works", self.name));
        }
        wrong.extend(self.wrong_logins(&router).await);
        (self, wrong)
    }

    async fn accepts_password(&self, router: &Router, password: &str) -> bool {
        let fields = [("email", &*email(&self.name)), ("password", password)];
        submit_until_admitted(router, "/api/login", &fields).await == StatusCode::OK
    }

    async fn wrong_logins(&mut self, router: &Router) -> Vec<String> {
        let mut wrong = Vec::new();
        for (browsers, alive) in [(&mut self.alive, true), (&mut self.dead, false)] {
            for browser in browsers {
                browser.moves_to(router);
                let answer = browser.ask("/api/account").await;
                if (answer.status == StatusCode::OK) != alive {
                    let status = answer.status;
                    wrong.push(format!("{}: alive: {alive}, but {status}", self.name));
                }
            }
        }
        wrong
    }
}

/// All accounts are checked at once, which exceeds the permits for hashes, so this retries after a 503.
async fn submit_until_admitted(router: &Router, path: &str, fields: &[(&str, &str)]) -> StatusCode {
    for _ in 0..20 {
        let mut visitor = Visitor::new(router.clone());
        let status = visitor.call(path, fields).await.status;
        if status != StatusCode::SERVICE_UNAVAILABLE {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the server stays busy");
}

async fn integrity(database: &str) -> String {
    let check = sqlx::query_scalar("PRAGMA integrity_check");
    let mut connection = connect(database).await;
    check.fetch_one(&mut connection).await.expect("an answer")
}
