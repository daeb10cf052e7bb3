//! Yours. The account page.

use crate::support::site::site;

#[tokio::test]
async fn a_user_changes_the_name() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    ada.submit("/api/rename", &[("name", " Ada Lovelace ")])
        .await
        .leads_to("/account");
    let page = ada.visit("/account").await;
    page.tells("notice", "Name saved.");
    assert_eq!(page.field("name"), "Ada Lovelace");
    ada.visit("/").await.shows("Welcome back, Ada Lovelace.");
}

#[tokio::test]
async fn a_name_that_cannot_be_shown_is_refused_and_comes_back() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for name in ["", "  ", "\u{202e}", &"x".repeat(101)] {
        ada.submit("/api/rename", &[("name", name)])
            .await
            .leads_to("/account");
        let page = ada.visit("/account").await;
        page.says_of("name", "Enter a name of 1 to 100 characters.");
        ada.visit("/").await.shows("Welcome back, Ada.");
    }
}

#[tokio::test]
async fn a_guest_changes_no_name() {
    let site = site().await;
    let mut guest = site.visitor();
    guest
        .submit("/api/rename", &[("name", "Eve")])
        .await
        .leads_to("/login?next=%2Faccount");
}
