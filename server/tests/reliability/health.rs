//! The health checks, for load balancers and monitoring.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;

use crate::support::site::site;

#[tokio::test]
async fn the_health_checks_answer_and_reveal_nothing_else() {
    let site = site().await;
    for (path, body) in [("/health/live", "live"), ("/health/ready", "ready")] {
        let answer = site.visitor().ask(path).await;
        assert_eq!((answer.status, &*answer.body), (StatusCode::OK, body));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.cookies().len(), 0);
    }
    assert_eq!(site.events(), []);
}

#[tokio::test]
async fn without_its_database_the_server_is_live_but_not_ready() {
    let site = site().await;
    site.database.pool.close().await;
    let answer = site.visitor().ask("/health/ready").await;
    assert_eq!(
        (answer.status, &*answer.body),
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    );
    let answer = site.visitor().ask("/health/live").await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_stopping_server_is_not_ready_and_still_answers() {
    let site = site().await;
    site.draining.store(true, Ordering::Release);
    let answer = site.visitor().ask("/health/ready").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    // A proxy that keeps connections open opens a new one.
    for path in ["/", "/login", "/no/page"] {
        let answer = site.visitor().visit(path).await;
        assert!(answer.body.contains("</html>"), "{path}");
        assert_eq!(answer.headers["connection"], "close");
    }
    site.draining.store(false, Ordering::Release);
    let answer = site.visitor().visit("/").await;
    assert!(!answer.headers.contains_key("connection"));
}
