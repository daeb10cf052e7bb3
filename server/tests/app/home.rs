//! Yours. The home page; an example to start from.

use crate::support::site::site;

#[tokio::test]
async fn the_home_page_opens_for_a_guest_and_for_a_user() {
    let site = site().await;
    site.visitor().visit("/").await.shows("<h1");
    site.user("Ada").await.visit("/").await.shows("<h1");
}

#[tokio::test]
async fn messengers_show_the_title_of_a_page() {
    let site = site().await;
    let page = site.visitor().visit("/login").await;
    page.shows(r#"<meta property="og:title" content="Log in · Latchkey""#);
}
