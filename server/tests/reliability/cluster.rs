//! Several servers share one database and act as one site.

use app::database::Database;
use axum::http::StatusCode;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::load::row;
use crate::support::nginx::nginx;
use crate::support::program::{free_address, launch};
use crate::support::site::{empty_database, site};
use crate::support::visitor::{Visitor, email};

/// Attempts per minute from one address.
const ATTEMPTS: usize = 60;

#[tokio::test]
async fn a_login_on_one_server_is_valid_on_all_and_ends_on_all() {
    let one = site().await;
    let another = one.restarted_with(|_| {}).await;
    let third = one.restarted_with(|_| {}).await;
    let mut ada = one.user("Ada").await;
    let mut copy = ada.clone();
    for server in [&another, &third, &one] {
        copy.moves_to(&server.router);
        assert_eq!(copy.name().await.as_deref(), Some("Ada"));
    }
    ada.moves_to(&third.router);
    ada.log_out().await;
    for server in [&another, &third, &one] {
        copy.moves_to(&server.router);
        assert!(copy.is_guest().await);
    }
}

#[tokio::test]
async fn servers_that_start_concurrently_migrate_one_after_the_other() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let url = empty_database(&folder).await;
        let (one, another, third) = tokio::join!(
            Database::open(&url),
            Database::open(&url),
            Database::open(&url)
        );
        for server in [one, another, third] {
            server.expect("a database that is migrated");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes long: .ci/endure runs it"]
async fn three_servers_with_one_database_act_as_one_site() {
    let folder = TempDir::new().unwrap();
    let database = empty_database(&folder).await;
    let attempts = ATTEMPTS.to_string();
    let settings = [
        ("DATABASE_URL", &*database),
        ("TRUSTED_PROXIES", "1"),
        ("ATTEMPTS_PER_MINUTE", &attempts),
    ];
    let mut servers = [(); 3].map(|()| launch(&folder, free_address(), &settings));
    for server in &mut servers {
        tokio::task::block_in_place(|| server.listens());
    }
    row(
        "cluster: three start at once on an empty database",
        &["all run".into()],
    );
    let nginx = nginx(&servers.each_ref().map(|server| server.address));
    let [one, another, third] = &servers;

    let mut tries = 0;
    for round in 0..20 {
        let name = format!("A{round}");
        let mut ada = one.user(&name).await;
        let mut copies = [
            another.visitor(),
            third.visitor(),
            Visitor::new(nginx.router()),
        ];
        for copy in &mut copies {
            copy.takes_cookies_of(&ada);
            assert_eq!(copy.name().await, Some(name.clone()));
        }
        let [copy, here, _] = &mut copies;
        assert_eq!(here.call("/api/logout", &[]).await.status, StatusCode::OK);
        // The logout applies to the next request, on every server.
        assert!(copy.is_guest().await);
        assert!(ada.is_guest().await);
        let mut everywhere = Visitor::new(nginx.router());
        everywhere.takes_cookies_of(copy);
        for _ in 0..6 {
            assert!(everywhere.is_guest().await);
            tries += 1;
        }
    }
    let cells = [
        "20 ended".into(),
        format!("{tries} tries after"),
        "0 let in".into(),
    ];
    row("cluster: used on each, ended on one", &cells);

    let mut guesses = JoinSet::new();
    for number in 0..ATTEMPTS + 20 {
        let mut unknown = servers[number % 3].visitor_from("203.0.113.5");
        let email = email(&format!("G{number}"));
        guesses.spawn(async move {
            let fields = [("email", &*email), ("password", "one of many guesses")];
            unknown.call("/api/login", &fields).await.status
        });
    }
    let refused = guesses.join_all().await;
    let refused = refused
        .iter()
        .filter(|&&status| status == StatusCode::TOO_MANY_REQUESTS);
    let refused = refused.count();
    let cells = [
        format!("allowed {ATTEMPTS}"),
        format!("sent {}", ATTEMPTS + 20),
        format!("refused {refused}"),
    ];
    row("cluster: guesses from one address, on three", &cells);
    assert_eq!(refused, 20);
}
