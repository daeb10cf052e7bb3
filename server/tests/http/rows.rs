//! A row that is not there is a 404, and no failure of the database.

use app::auth::{AuthError, AuthSession};
use sqlx::query;

use crate::support::site::site;

/// PostgreSQL cannot store a text with a NUL, as an address may have it.
#[tokio::test]
async fn a_row_that_is_not_there_is_not_found_whatever_its_id() {
    let site = site().await;
    for id in ["unknown", "x\0y", ""] {
        let find = move |session: AuthSession| async move {
            let database = session.manager().database();
            let select = query("SELECT id FROM users WHERE id = $1").bind(id);
            let delete = query("DELETE FROM users WHERE id = $1").bind(id);
            let found = database.fetch_one(select).await.map(drop);
            let deleted = database.write_one(delete).await;
            [found, deleted].map(|result| result.map_err(AuthError::from))
        };
        let results = site.within(&mut site.visitor(), find).await;
        assert_eq!(results, [Err(AuthError::NotFound); 2], "{id:?}");
    }
    let logged = site.log.lines();
    assert!(
        logged.iter().all(|line| !line.contains("ERROR")),
        "{logged:?}"
    );
}

#[tokio::test]
async fn a_row_that_is_there_is_found_and_changed() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let change = |session: AuthSession| async move {
        let here = session.load().await.unwrap().expect("a user");
        let id = &here.user().id;
        let update = query("UPDATE users SET name = 'Grace' WHERE id = $1").bind(id);
        let database = session.manager().database();
        database.write_one(update).await.unwrap();
        let select = query("SELECT id FROM users WHERE name = 'Grace' AND id = $1").bind(id);
        database.fetch_one(select).await.is_ok()
    };
    assert!(site.within(&mut ada, change).await);
}
