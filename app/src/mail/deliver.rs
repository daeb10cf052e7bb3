//! Core. Sends the mails of the outbox: at least once, because a server that is killed after a mail server took a mail and before the
//! row says so sends it again, with the same Message-ID (RFC 1047 describes why it cannot be exactly once).

use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;

use super::Mail;
use super::message::opened;
use super::outbox::{Leased, State, WAIT_MAX, lease, put_off, settle, stuck, sweep};
use crate::auth::{AuthError, LoginManager};
use crate::database::Database;

/// How long to wait after each failed try, in seconds, and up to a fifth longer; the last one is repeated.
const WAITS: [i64; 4] = [60, 5 * 60, 15 * 60, 60 * 60];
const _: () = assert!(WAITS[WAITS.len() - 1] * 6 / 5 <= WAIT_MAX);

/// How often the outbox is looked at when no letter wakes the task: those of other servers, and those that were put off.
const POLL: Duration = Duration::from_secs(15);

/// After a letter was put and before it is sent, at random up to this: the load of sending must not show which request sent one.
const DELAY_MAX: u64 = 300;

/// Mail that waits for so many seconds is told of in the log.
const STUCK: i64 = 15 * 60;

/// How often mail that is stuck is looked for, and old rows are deleted.
const LOOK_AFTER: Duration = Duration::from_mins(5);

impl Mail {
    /// Sends what is due, one mail after the other. Returns how many were taken from the outbox.
    ///
    /// # Errors
    /// The database failed.
    pub async fn send_due(
        &self,
        database: &Database,
        now: impl Fn() -> i64,
    ) -> Result<usize, AuthError> {
        let mut count = 0;
        while self.send_one(database, &now).await? {
            count += 1;
        }
        Ok(count)
    }

    /// `false`: nothing is due.
    async fn send_one(
        &self,
        database: &Database,
        now: impl Fn() -> i64,
    ) -> Result<bool, AuthError> {
        let Some(mail) = lease(database, now()).await? else {
            return Ok(false);
        };
        self.send(database, &mail, now()).await?;
        Ok(true)
    }

    async fn send(&self, database: &Database, leased: &Leased, now: i64) -> Result<(), AuthError> {
        let (id, kind) = (&*leased.id, &*leased.kind);
        if now >= leased.expires_at {
            tracing::error!(kind, id, "a mail could not be sent in time");
            return settle(database, id, State::Late, "too late").await;
        }
        let Some(mail) = opened(&self.keys, id, &leased.sealed) else {
            tracing::error!(
                kind,
                id,
                "a mail was sealed with a secret that is not known here"
            );
            // Another server may know it, or this one after its next start.
            let next = now + wait(leased.tries)?;
            return put_off(database, id, next, "unknown secret").await;
        };
        let sent = self.transport.send(id, &self.from, &mail).await;
        let Err(failed) = sent else {
            tracing::info!(kind, id, "a mail is sent");
            return settle(database, id, State::Sent, "").await;
        };
        let error = &*failed.error;
        if failed.is_permanent {
            tracing::error!(kind, id, error, "a mail was refused");
            return settle(database, id, State::Refused, error).await;
        }
        tracing::warn!(
            kind,
            id,
            error,
            tries = leased.tries,
            "a mail was not sent; it will be tried again"
        );
        put_off(database, id, now + wait(leased.tries)?, error).await
    }

    /// Sends mail until `stop` is true.
    pub async fn run(self, manager: LoginManager, mut stop: watch::Receiver<bool>) {
        let database = manager.database();
        let mut looked_after: Option<Instant> = None;
        loop {
            if looked_after.is_none_or(|last| last.elapsed() >= LOOK_AFTER) {
                self.look_after(&manager).await;
                looked_after = Some(Instant::now());
            }
            if *stop.borrow() {
                return;
            }
            match self.send_one(database, || manager.now()).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(?error, "the outbox cannot be read"),
            }
            let is_woken = tokio::select! {
                () = sleep(POLL) => false,
                () = self.wake.notified() => true,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            if is_woken {
                sleep(random_delay()).await;
            }
        }
    }

    async fn look_after(&self, manager: &LoginManager) {
        let (database, now) = (manager.database(), manager.now());
        match stuck(database, now, STUCK).await {
            Ok(0) | Err(_) => {}
            Ok(count) => tracing::error!(count, "mail is stuck: see `server outbox`"),
        }
        if let Err(error) = sweep(database, now).await {
            tracing::error!(?error, "old mails cannot be deleted");
        }
    }
}

/// The time until the next try, in seconds, some longer than others so that not all come back at once.
fn wait(tries: i64) -> Result<i64, AuthError> {
    let at = usize::try_from(tries - 1).unwrap_or_default();
    let wait = WAITS[at.min(WAITS.len() - 1)];
    Ok(wait + wait * i64::from(random_byte()?) / (5 * 255))
}

fn random_delay() -> Duration {
    let share = u64::from(random_byte().unwrap_or_default());
    Duration::from_millis(DELAY_MAX * share / 255)
}

fn random_byte() -> Result<u8, AuthError> {
    let mut byte = [0];
    getrandom::fill(&mut byte).map_err(|_| AuthError::Unavailable)?;
    Ok(byte[0])
}
