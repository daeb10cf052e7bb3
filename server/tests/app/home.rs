//! Yours. The home page; an example to start from.

use crate::support::site::site;

#[tokio::test]
async fn the_home_page_is_open_to_guests_and_users() {
    let site = site().await;
    site.visitor().visit("/").await.shows("<h1");
    site.user("Ada").await.visit("/").await.shows("<h1");
}
