//! Load: many requests at once, their statistics, and the table rows that `.ci/endure` shows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use tokio::task::JoinSet;

use crate::support::program::Program;
use crate::support::visitor::{Answer, Visitor};

/// One row of the table.
pub fn row(what: &str, cells: &[String]) {
    let cells: Vec<_> = cells.iter().map(|cell| format!("{cell:>13}")).collect();
    println!("| {what:<50} {}", cells.join(" "));
}

pub fn random_up_to(most: usize) -> usize {
    getrandom::u32().expect("random numbers") as usize % (most + 1)
}

/// The results of several requests of one kind.
#[derive(Default)]
pub struct Tally {
    times: Vec<Duration>,
    statuses: BTreeMap<StatusCode, usize>,
}

impl Tally {
    pub fn add(&mut self, status: StatusCode, time: Duration) {
        self.times.push(time);
        *self.statuses.entry(status).or_default() += 1;
    }

    pub fn add_all(&mut self, other: &Self) {
        self.times.extend(&other.times);
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
    }

    pub fn count(&self) -> usize {
        self.times.len()
    }

    pub fn statuses(&self) -> Vec<StatusCode> {
        self.statuses.keys().copied().collect()
    }

    pub fn of(&self, status: StatusCode) -> usize {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// Prints the number of requests, the median and 99th percentile of their times, and the count of each status.
    pub fn row(&mut self, what: &str) {
        self.times.sort_unstable();
        let at = |percent: usize| {
            let time = self.times.get(self.times.len() * percent / 100);
            milliseconds("p", percent, time.copied().unwrap_or_default())
        };
        let statuses = self.statuses.iter();
        let statuses = statuses.map(|(status, count)| format!("{}: {count}", status.as_u16()));
        let cells = [
            at(50),
            at(99),
            format!("  {}", statuses.collect::<Vec<_>>().join(", ")),
        ];
        row(what, &cells);
    }
}

fn milliseconds(what: &str, which: usize, time: Duration) -> String {
    format!("{what}{which} {:.1} ms", time.as_secs_f64() * 1000.0)
}

/// The response of `act`, and how long it took.
pub async fn timed(act: impl Future<Output = Answer>) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = act.await;
    (answer, begun.elapsed())
}

/// Visits from several tabs of `visitor` at once.
pub async fn visits(visitor: Visitor, how_many: usize) -> Vec<(Answer, Duration)> {
    let visits = (0..how_many).map(|_| {
        let mut tab = visitor.clone();
        async move { timed(tab.visit("/account")).await }
    });
    visits.collect::<JoinSet<_>>().join_all().await
}

/// Whether the response is a 503 with `Retry-After`.
pub fn is_retry_response(answer: &Answer) -> bool {
    answer.status == StatusCode::SERVICE_UNAVAILABLE
        && answer.headers.contains_key(header::RETRY_AFTER)
}

/// The usual traffic of a site: twenty requests a second, sent on time even if earlier ones are unanswered.
pub struct Traffic {
    guest: Visitor,
    user: Visitor,
}

impl Traffic {
    pub async fn of(program: &Program) -> Self {
        Self {
            guest: program.visitor(),
            user: program.user("Everybody").await,
        }
    }

    /// Runs for `time`. The results by kind of request; every response must arrive in time and be correct.
    pub async fn run_for(&self, time: Duration) -> Vec<(&'static str, Tally)> {
        let kinds: [(&str, &Visitor, &str); 4] = [
            ("/ as a guest", &self.guest, "/"),
            ("/account as a user", &self.user, "/account"),
            ("/health/live", &self.guest, "/health/live"),
            ("/health/ready", &self.guest, "/health/ready"),
        ];
        let mut beat = tokio::time::interval(Duration::from_millis(50));
        let mut open = JoinSet::new();
        let begun = Instant::now();
        for kind in (0..kinds.len()).cycle() {
            beat.tick().await;
            if begun.elapsed() >= time {
                break;
            }
            let (_, visitor, path) = kinds[kind];
            let mut visitor = visitor.clone();
            open.spawn(async move { (kind, timed(visitor.visit(path)).await) });
        }
        let mut tallies: Vec<_> = kinds.map(|(what, ..)| (what, Tally::default())).into();
        for (kind, (answer, time)) in open.join_all().await {
            tallies[kind].1.add(answer.status, time);
        }
        tallies
    }
}

/// Prints the results, and returns an error for each kind that was not always answered 200.
pub fn show(when: &str, tallies: Vec<(&str, Tally)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (what, mut tally) in tallies {
        tally.row(&format!("{when}: {what}"));
        if tally.of(StatusCode::OK) != tally.count() {
            wrong.push(format!("{when}: {what}: {:?}", tally.statuses()));
        }
    }
    wrong
}
