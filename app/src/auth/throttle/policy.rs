//! Core. When one more attempt is allowed. Pure: no query, no clock.

use crate::auth::config::{
    ACCOUNT_FREE, ACCOUNT_MAX, ACCOUNT_WAIT_MAX, ADDRESS_WINDOW, CLOCK_SKEW, seconds,
};
use crate::auth::store::{Attempts, Key};

/// Whether one more attempt may be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Counted with the earlier ones.
    Count,
    /// Counted as the first of a new window.
    Restart,
    /// Not counted: more attempts do not prolong the wait.
    Refuse(Refusal),
}

/// Why it may not be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    PerMinute,
    /// For this many seconds, at least one.
    Wait(i64),
    /// Until the operator unlocks the account.
    Locked,
}

/// Whether one more attempt under `key` may be made after those `before`. `per_minute` is the limit of an address and of a
/// user.
pub fn decide(key: &Key, before: &Attempts, now: i64, per_minute: i64) -> Decision {
    if key.is_per_minute() {
        within_the_minute(before, now, per_minute)
    } else {
        on_account(before, now)
    }
}

/// The attempts after one more that is not refused.
pub fn counted(before: Attempts, decision: Decision, now: i64) -> Attempts {
    let (count, since) = match decision {
        Decision::Restart => (1, now),
        Decision::Count | Decision::Refuse(_) => (before.count + 1, before.since),
    };
    Attempts {
        count,
        since,
        last_at: now,
    }
}

fn on_account(before: &Attempts, now: i64) -> Decision {
    let over = u32::try_from(before.count - ACCOUNT_FREE).ok();
    let wait = over.map_or(0, |over| {
        2_i64.saturating_pow(over).min(seconds(ACCOUNT_WAIT_MAX))
    });
    let left = before.last_at.saturating_add(wait).saturating_sub(now);
    if before.count >= ACCOUNT_MAX {
        Decision::Refuse(Refusal::Locked)
    // A last attempt in the future was dated by another server's clock, or by one that was set back: no wait then.
    } else if left > 0 && is_past(before.last_at, now) {
        Decision::Refuse(Refusal::Wait(left))
    } else {
        Decision::Count
    }
}

fn within_the_minute(before: &Attempts, now: i64, most: i64) -> Decision {
    if !is_past(before.since, now) || now - before.since >= seconds(ADDRESS_WINDOW) {
        Decision::Restart
    } else if before.count >= most {
        Decision::Refuse(Refusal::PerMinute)
    } else {
        Decision::Count
    }
}

/// Whether `time` is not further in the future than clocks differ.
fn is_past(time: i64, now: i64) -> bool {
    time <= now.saturating_add(seconds(CLOCK_SKEW))
}
