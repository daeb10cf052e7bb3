//! Yours, to delete with the folder `demo`.

use axum::http::StatusCode;

use crate::support::site::site;

#[tokio::test]
async fn the_page_that_does_not_ask_for_the_user_opens_without_the_database() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    site.database.pool.close().await;
    for visitor in [&mut ada, &mut site.visitor()] {
        let page = visitor.visit("/how-it-works").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.headers.contains_key("retry-after"));
    }
}
