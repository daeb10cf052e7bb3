//! Yours. The background jobs. If several servers share a database, each job runs on one of them at a time.

use std::time::Duration;

use crate::background::Job;

/// `Job::every(Duration::from_hours(1), "reminders", |manager| async move { .. })`.
pub fn jobs() -> Vec<Job> {
    vec![Job::every(
        Duration::from_mins(10),
        "clean up",
        |manager| async move { Ok(manager.clean_up().await?) },
    )]
}
