//! Background jobs: each runs on one server at a time, until the server stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::auth::AuthError;
use app::background::{Job, run_jobs};
use tokio::sync::watch;

use crate::support::site::site;
use crate::support::visitor::together;

const HOUR: Duration = Duration::from_hours(1);

/// A job that counts its runs.
fn counting(every: Duration) -> (Job, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let job = Job::every(every, "counting", move |_| {
        let counter = Arc::clone(&counter);
        async move {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    (job, runs)
}

#[tokio::test]
async fn one_of_many_servers_runs_a_job_each_time_it_is_due() {
    let site = site().await;
    let second = site.restarted_with(|_| {}).await;
    let (job, runs) = counting(HOUR);
    for round in 1..=3 {
        let claims = (0..10).map(|number| {
            let server = if number % 2 == 0 { &site } else { &second };
            job.run_if_due(&server.login_manager)
        });
        let claims = together(claims.collect()).await;
        let claimed = claims.into_iter().filter(|ran| *ran == Ok(true)).count();
        assert_eq!((claimed, runs.load(Ordering::SeqCst)), (1, round));
        site.pass(Duration::from_secs(3599));
        assert_eq!(job.run_if_due(&second.login_manager).await, Ok(false));
        site.pass(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_failed_job_is_logged_and_runs_again_when_it_is_due() {
    let site = site().await;
    let job = Job::every(HOUR, "failing", |_| async {
        Err(AuthError::Unavailable.into())
    });
    let manager = &site.login_manager;
    assert_eq!(
        job.run_if_due(manager).await,
        Err(AuthError::Unavailable.into())
    );
    assert_eq!(job.run_if_due(manager).await, Ok(false));
    site.pass(HOUR);
    assert!(job.run_if_due(manager).await.is_err());
}

#[tokio::test]
async fn a_panicking_job_ends_no_other_job_and_runs_again() {
    let site = crate::support::site::site_with(crate::support::site::Settings {
        panics: true,
        ..Default::default()
    })
    .await;
    let panicking = || async { panic!("a bug in a job") };
    let job = Job::every(HOUR, "panicking", move |_| panicking());
    let manager = &site.login_manager;
    for _ in 0..2 {
        let run = job.run_if_due(manager).await;
        assert_eq!(run, Err(AuthError::Unexpected.into()));
        site.pass(HOUR);
    }
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_cancelled_before_it_is_due_again() {
    let site = site().await;
    let job = Job::every(Duration::from_millis(50), "endless", |_| {
        std::future::pending()
    });
    let run = tokio::time::timeout(Duration::from_secs(20), job.run_if_due(&site.login_manager));
    assert_eq!(run.await.expect("it ends"), Ok(true));
}

#[tokio::test]
async fn jobs_end_when_the_server_stops_after_a_running_one_has_finished() {
    let site = site().await;
    let (started, mut has_started) = watch::channel(false);
    let done = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&done);
    let job = Job::every(HOUR, "slow", move |_| {
        started.send_replace(true);
        let counter = Arc::clone(&counter);
        async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let (stop, stopped) = watch::channel(false);
    let jobs = tokio::spawn(run_jobs(vec![job], site.login_manager.clone(), stopped));
    has_started.wait_for(|started| *started).await.unwrap();
    stop.send_replace(true);
    let ended = tokio::time::timeout(Duration::from_secs(20), jobs).await;
    ended.expect("they end").unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_apps_transaction_is_refused_after_a_logout() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut other = ada.clone();
    let result = site
        .within(&mut ada, |auth| async move {
            let here = auth.load().await?.expect("a user");
            other.log_out().await;
            auth.begin_write(&here).await.map(drop)
        })
        .await;
    assert_eq!(result, Err(AuthError::LoginRequired));
}
