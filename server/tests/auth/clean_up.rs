//! The background job deletes expired rows, and only those.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::query;

use crate::support::site::site;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn expired_sessions_are_deleted_and_the_others_stay() {
    let site = site().await;
    site.user("Ada").await;
    site.pass(25 * HOUR);
    let mut grace = site.user("Grace").await;
    site.clean_up().await;
    assert_eq!(site.rows("sessions").await.len(), 1);
    assert_eq!(grace.name().await.as_deref(), Some("Grace"));
}

#[tokio::test]
async fn a_remembered_device_is_deleted_when_it_has_expired_and_has_no_session() {
    let site = site().await;
    let mut ada = site.stale_user("Ada").await;
    site.pass((24 * 29 - 1) * HOUR);
    ada.close_browser();
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    site.pass(2 * HOUR);
    site.clean_up().await;
    assert_eq!(site.rows("remembered").await.len(), 1);
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
    site.pass(24 * HOUR);
    site.clean_up().await;
    assert_eq!(site.rows("remembered").await.len(), 0);
    assert!(ada.is_guest().await);
}

#[tokio::test]
async fn expired_access_tokens_are_deleted() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for (name, days) in [("short", "1"), ("long", "7")] {
        ada.call("/api/create_token", &[("token_name", name), ("days", days)])
            .await;
    }
    site.pass(25 * HOUR);
    site.clean_up().await;
    let left = site.rows("access_tokens").await;
    assert_eq!(left.len(), 1);
    assert!(left[0].contains("name=long"));
}

#[tokio::test]
async fn attempts_are_deleted_after_a_day_waits_after_a_month_and_locks_never() {
    let site = site().await;
    for (key, count) in [
        ("account:few", 4),
        ("account:waits", 5),
        ("account:nearly-closed", 99),
        ("account:closed", 100),
        ("device:waits", 5),
        ("address:203.0.113.9", 100),
        ("user:somebody", 100),
    ] {
        query("INSERT INTO attempts (key, count, since, last_at) VALUES ($1, $2, $3, $3)")
            .bind(key)
            .bind(count)
            .bind(site.clock.load(Ordering::SeqCst))
            .execute(&site.database.pool)
            .await
            .unwrap();
    }
    let left = async || {
        site.clean_up().await;
        site.rows("attempts").await.len()
    };
    site.pass(23 * HOUR);
    assert_eq!(left().await, 7);
    site.pass(HOUR);
    assert_eq!(
        left().await,
        4,
        "few wrong passwords, and attempts of an address"
    );
    site.pass(28 * 24 * HOUR);
    assert_eq!(left().await, 4);
    site.pass(24 * HOUR);
    assert_eq!(left().await, 1);
    assert!(site.rows("attempts").await[0].contains("account:closed"));
}

#[tokio::test]
async fn all_expired_rows_are_deleted_in_batches_and_a_row_that_expires_later_stays() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let user = ada.ask("/api/current_user").await.json()["user"]["id"].clone();
    let now = site.clock.load(Ordering::SeqCst);
    let mut write = site.database.begin_write().await.unwrap();
    for number in 0..1_201 {
        let insert = query(
            "INSERT INTO sessions (id, login_id, user_id, created_at, authenticated_at, seen_at, expires_at, \
                                   forced, user_agent, address) \
             VALUES ($1, $1, $2, 0, 0, 0, $3, 0, '', '')",
        )
        .bind(format!("row {number}"))
        .bind(user.as_str().unwrap())
        .bind(if number == 0 { now + 1 } else { now });
        write.execute(insert).await.unwrap();
    }
    write.commit().await.unwrap();
    site.clean_up().await;
    let left = site.rows("sessions").await;
    assert_eq!(left.len(), 2);
    assert!(left.iter().any(|row| row.starts_with("id=row 0 ")));
    assert_eq!(ada.name().await.as_deref(), Some("Ada"));
}
