//! Yours. The account page.

use std::collections::BTreeSet;

use axum::http::header;
use sqlx::Row;

use crate::support::site::{Site, site};
use crate::support::visitor::email;

/// Tables with rows of users that are not in the export, each with its reason.
const NOT_EXPORTED: &[&str] = &[];

/// The tables with a column `user_id`.
async fn tables_of_users(site: &Site) -> BTreeSet<String> {
    let select = if std::env::var_os("TEST_DATABASE_URL").is_some() {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.columns WHERE column_name = 'user_id'"
    } else {
        "SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns \
         WHERE tables.type = 'table' AND columns.name = 'user_id'"
    };
    let rows = sqlx::query(select).fetch_all(&site.database.pool).await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

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

#[tokio::test]
async fn a_user_gets_all_that_is_stored_as_a_file() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let token = ada.create_token("Backup").await;
    ada.visit("/account/export")
        .await
        .shows("/account/export.json");
    let file = ada.visit("/account/export.json").await;
    let disposition = &file.headers[header::CONTENT_DISPOSITION];
    assert_eq!(disposition, "attachment; filename=\"account.json\"");
    let data = file.json();
    assert_eq!(data["user"]["email"], email("Ada"));
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(data["access_tokens"][0]["name"], "Backup");
    for secret in [&*token, ada.session_cookie(), "argon2"] {
        assert!(!file.body.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_file_is_for_a_user_who_has_given_the_password_lately() {
    let site = site().await;
    let path = "/account/export.json";
    let guest = site.visitor().visit(path).await;
    guest.leads_to("/login?next=%2Faccount%2Fexport.json");
    let mut stale = site.stale_user("Ada").await;
    stale.visit(path).await.leads_to("/account/export");
    stale
        .visit("/account/export")
        .await
        .leads_to("/confirm?next=%2Faccount%2Fexport");
}

/// If this names a table of yours, add it in `pages/handlers.rs`, or to `NOT_EXPORTED`.
#[tokio::test]
async fn each_table_with_rows_of_users_is_exported() {
    let site = site().await;
    let data = site
        .user("Ada")
        .await
        .visit("/account/export.json")
        .await
        .json();
    for table in tables_of_users(&site).await {
        let is_exported = data.get(&table).is_some_and(serde_json::Value::is_array);
        assert!(is_exported || NOT_EXPORTED.contains(&&*table), "{table}");
    }
}

/// If this names a table of yours, its column `user_id` needs `REFERENCES users (id) ON DELETE CASCADE`.
#[tokio::test]
async fn with_an_account_all_its_rows_are_deleted() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut remembered = site.visitor();
    remembered.log_in_remembered("Ada").await;
    ada.create_token("Backup").await;
    let id = ada.id().await;
    ada.submit("/api/delete_account", &[]).await.leads_to("/");
    for table in tables_of_users(&site).await {
        let select =
            sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE user_id = $1"));
        let count = sqlx::query(select)
            .bind(&id)
            .fetch_one(&site.database.pool)
            .await;
        assert_eq!(count.unwrap().get::<i64, _>(0), 0, "{table}");
    }
}
