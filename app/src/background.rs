//! Core. Runs background jobs until the server stops: each has its own interval, and runs on only one of the servers that share
//! the database.

use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use sqlx::query;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::auth::config::seconds;
use crate::auth::{AuthError, LoginManager};
use crate::error::Error;

/// How often a server checks whether a job is due, so that a restart does not delay it for a whole interval.
const POLL: Duration = Duration::from_mins(1);

type Work = Box<dyn Fn(LoginManager) -> BoxFuture<'static, Result<(), Error>> + Send + Sync>;

/// A task that the server repeats.
pub struct Job {
    name: &'static str,
    every: Duration,
    work: Work,
}

impl Job {
    /// `name` is unique, and the same on all servers. A run that takes longer than `every` is cancelled, so that runs do not
    /// overlap. A run that fails is logged and not repeated before the next interval.
    pub fn every<Run>(
        every: Duration,
        name: &'static str,
        work: impl Fn(LoginManager) -> Run + Send + Sync + 'static,
    ) -> Self
    where
        Run: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let work =
            move |manager| -> BoxFuture<'static, Result<(), Error>> { Box::pin(work(manager)) };
        Self {
            name,
            every,
            work: Box::new(work),
        }
    }

    /// Runs the job now, if it is due and no other server has claimed it. Returns whether it ran.
    ///
    /// # Errors
    /// The job's, or the database failed.
    pub async fn run_if_due(&self, manager: &LoginManager) -> Result<bool, Error> {
        let now = manager.now();
        let claim = query(
            "INSERT INTO jobs (name, due_at) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE jobs.due_at <= $3",
        )
        .bind(self.name)
        .bind(now + seconds(self.every))
        .bind(now);
        if manager.database().write(claim).await? == 0 {
            return Ok(false);
        }
        // In its own task, so that a panic ends only this run. Dropping the set aborts it.
        let mut run = JoinSet::new();
        run.spawn((self.work)(manager.clone()));
        match tokio::time::timeout(self.every, run.join_next()).await {
            Ok(Some(Ok(done))) => done.map(|()| true),
            Ok(_) => Err(AuthError::Unexpected.into()),
            Err(_) => {
                tracing::error!(job = self.name, "the job took too long and was cancelled");
                Ok(true)
            }
        }
    }

    async fn run(&self, manager: &LoginManager, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.run_if_due(manager).await {
                tracing::error!(job = self.name, ?error, "the job failed");
            }
            tokio::select! {
                () = tokio::time::sleep(self.every.min(POLL)) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}

/// Runs all `jobs` until `stop` is true, and waits for runs that have begun.
pub async fn run_jobs(jobs: Vec<Job>, manager: LoginManager, stop: watch::Receiver<bool>) {
    join_all(jobs.iter().map(|job| job.run(&manager, stop.clone()))).await;
}
