//! Fills a database for `.ci/bench`: `fill DATABASE_URL FIRST LAST` adds the users of these numbers, at least ten, each with a
//! session. Prints the milliseconds that a clean-up of ten expired sessions takes then.

use std::env;
use std::error::Error;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use app::auth::{Cost, LoginManager, Options, Passwords, SigningKeys};
use app::database::Database;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, query};

/// Users of one statement: fewer than a database inserts within its time-out.
const BATCH: i64 = 2_000;

const EXPIRED: i64 = 10;
const ROUNDS: usize = 9;

const NUMBERS: &str = "\
    WITH RECURSIVE numbers (i) AS \
        (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < $2)";

/// Numbers times a large odd one have no order, as the ids of the program have none.
const USERS: &str = "\
    INSERT INTO users (id, email, email_key, password_hash, created_at) \
    SELECT (i * 2654435761 % 4294967296) || '-user', i || '@filled.test', \
           (i * 2654435761 % 4294967296) || '@filled.test', 'none', $3 \
    FROM numbers";

/// `$4` is the time when they end: `$3` for those that have ended.
const SESSIONS: &str = "\
    INSERT INTO sessions (id, login_id, user_id, created_at, authenticated_at, seen_at, \
                          expires_at, forced, user_agent, address) \
    SELECT (i * 2246822519 % 4294967296) || '-session' || $4, (i * 3266489917 % 4294967296) || '-login' || $4, \
           (i * 2654435761 % 4294967296) || '-user', $3, $3, $3, $4, 0, 'Firefox', '192.0.2.1' \
    FROM numbers";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let [_, url, first, last] = &arguments[..] else {
        return Err("fill DATABASE_URL FIRST LAST".into());
    };
    let (first, last): (i64, i64) = (first.parse()?, last.parse()?);
    let database = Database::open(url).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = i64::try_from(now)?;

    let insert = async |rows: &str, first: i64, last: i64, ends_at: Option<i64>| {
        let rows = query(AssertSqlSafe(format!("{NUMBERS} {rows}")));
        let rows = rows.bind(first).bind(last).bind(now);
        let rows = ends_at.into_iter().fold(rows, sqlx::query::Query::bind);
        database.write(rows).await
    };
    let mut next = first;
    while next <= last {
        let end = last.min(next + BATCH - 1);
        insert(USERS, next, end, None).await?;
        insert(SESSIONS, next, end, Some(now + 1_000_000)).await?;
        next = end + 1;
    }

    let secret = SecretString::from("a manager that only cleans up signs nothing");
    let manager = LoginManager::new(
        database.clone(),
        Passwords::new(Cost::default()),
        SigningKeys::new(&secret, &[])?,
        Options::default(),
    );
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        insert(SESSIONS, first, first + EXPIRED - 1, Some(now)).await?;
        let begun = Instant::now();
        let cleaned = manager.clean_up().await;
        cleaned.map_err(|error| format!("{error:?}"))?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("{:.2}", 1000.0 * times[ROUNDS / 2].as_secs_f64());
    Ok(())
}
