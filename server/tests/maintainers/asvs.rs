//! Checks `app/docs/asvs.md` against the code: named tests exist, no requirement is missing or empty, the access table is
//! right, and the numbers are those of the settings.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use app::auth::config::{
    ABSOLUTE, ACCOUNT_FREE, ACCOUNT_MAX, ACCOUNT_WAIT_MAX, ADDRESS_MAX, BODY_MAX, FRESH,
    HASH_QUEUE, IDLE, REMEMBER, SEEN_EVERY, SESSIONS_MAX, TOKEN_DAYS, TOKEN_DAYS_MAX, TOKENS_MAX,
};
use leptos::server_fn::axum::server_fn_paths;

use crate::catalogue::tests;
use crate::support::site::{Site, site};
use crate::support::visitor::{Visitor, email, password};

const TABLE: &str = include_str!("../../../app/docs/asvs.md");

#[test]
fn every_test_that_the_table_names_exists() {
    let tests = tests();
    let quoted = TABLE.split('`').skip(1).step_by(2);
    let is_name = |name: &str| {
        name.contains("::")
            && name != "module::test"
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c))
    };
    let named: Vec<&str> = quoted.filter(|name| is_name(name)).collect();
    assert!(named.len() > 150, "{}", named.len());
    let exists = |name: &&&str| {
        let is_it = |test: &String| test == **name || test.ends_with(&format!("::{name}"));
        tests.iter().any(is_it)
    };
    let missing: Vec<_> = named.iter().filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The titles of all browser stories.
fn stories() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/tests");
    let files = fs::read_dir(folder).expect("the stories");
    let texts = files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("text"));
    texts.collect()
}

#[test]
fn every_story_that_the_table_names_exists() {
    let stories = stories();
    let cells = TABLE.lines().flat_map(|line| line.split(" | "));
    let told = cells.filter_map(|cell| {
        cell.split_once(" \"")
            .filter(|(before, _)| is_story(before))
    });
    let named: Vec<&str> = told
        .flat_map(|(_, quoted)| quoted.split('"').step_by(2))
        .filter(|name| name.len() > 20)
        .collect();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(stories.contains(name), "{name}");
    }
}

fn is_story(before: &str) -> bool {
    before.ends_with("tory") || before.ends_with("tories")
}

/// The requirements of ASVS 5.0.0, by chapter and section. Those of level 3 that the starter does not meet are left out.
const IDS: &[(&str, &[u32])] = &[
    ("1.1", &[1, 2]),
    ("1.2", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("1.3", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ("1.4", &[1, 2, 3]),
    ("1.5", &[1, 2, 3]),
    ("2.1", &[1, 2, 3]),
    ("2.2", &[1, 2, 3]),
    ("2.3", &[1, 2, 3, 4]),
    ("2.4", &[1]),
    ("3.1", &[1]),
    ("3.2", &[1, 2, 3]),
    ("3.3", &[1, 2, 3, 4, 5]),
    ("3.4", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("3.5", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("3.6", &[1]),
    ("3.7", &[1, 2, 3, 4, 5]),
    ("4.1", &[1, 2, 3, 4]),
    ("4.2", &[1, 4, 5]),
    ("4.3", &[1, 2]),
    ("4.4", &[1, 2, 3, 4]),
    ("6.1", &[1, 2, 3]),
    ("6.2", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ("6.3", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("6.4", &[1, 2, 3, 4, 5, 6]),
    ("6.5", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("6.6", &[1, 2, 3, 4]),
    ("6.7", &[1, 2]),
    ("6.8", &[1, 2, 3, 4]),
    ("7.1", &[1, 2, 3]),
    ("7.2", &[1, 2, 3, 4]),
    ("7.3", &[1, 2]),
    ("7.4", &[1, 2, 3, 4, 5]),
    ("7.5", &[1, 2, 3]),
    ("7.6", &[1, 2]),
    ("8.1", &[1, 2, 3, 4]),
    ("8.2", &[1, 2, 3, 4]),
    ("8.3", &[1, 2, 3]),
    ("8.4", &[1, 2]),
    ("9.1", &[1, 2, 3]),
    ("9.2", &[1, 2, 3, 4]),
    ("11.1", &[1, 2]),
    ("11.2", &[1, 2, 3, 4]),
    ("11.3", &[1, 2, 3]),
    ("11.4", &[1, 2, 3, 4]),
    ("11.5", &[1]),
    ("11.6", &[1]),
    ("12.1", &[1, 2, 3]),
    ("12.2", &[1, 2]),
    ("12.3", &[1, 2, 3, 4]),
    ("13.1", &[1, 2, 3, 4]),
    ("13.2", &[1, 2, 3, 4, 5, 6]),
    ("13.3", &[1, 2, 3, 4]),
    ("13.4", &[1, 2, 3, 4, 5, 6, 7]),
    ("14.1", &[1, 2]),
    ("14.2", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("14.3", &[1, 2, 3]),
    ("15.1", &[1, 2, 3]),
    ("15.2", &[1, 2, 3]),
    ("15.3", &[1, 2, 3, 4, 5, 6, 7]),
    ("15.4", &[1, 2, 3, 4]),
    ("16.1", &[1]),
    ("16.2", &[1, 2, 3, 4, 5]),
    ("16.3", &[1, 2, 3, 4]),
    ("16.4", &[1, 2, 3]),
    ("16.5", &[1, 2, 3, 4]),
];

#[test]
fn every_requirement_of_the_first_two_levels_has_a_row() {
    let rows = TABLE.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let is_row = cells.len() >= 4 && cells[0].split('.').count() == 3;
        is_row.then(|| {
            (
                cells[0].to_owned(),
                cells[1].to_owned(),
                cells[3..].join(" "),
            )
        })
    });
    let rows: Vec<_> = rows.collect();
    let there: BTreeSet<String> = rows.iter().map(|(id, ..)| id.clone()).collect();
    let ids = IDS.iter().flat_map(|(section, numbers)| {
        numbers
            .iter()
            .map(move |number| format!("{section}.{number}"))
    });
    assert_eq!(there, ids.collect());
    for (id, level, how) in &rows {
        assert!(
            how.trim_matches(['|', ' ']).len() >= 2 && !how.contains("TEST?"),
            "{id} ({level})"
        );
    }
}

/// The names in backticks in a cell.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The rows of "Who may call what": method, path, and the responses to a guest, a user, a fresh user and a token.
fn calls() -> Vec<(bool, String, [String; 4])> {
    let (_, table) = TABLE.split_once("## Who may call what").expect("the table");
    let (table, _) = table.split_once("\n- ").expect("its end");
    let mut found = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let hears = [1, 2, 3, 4].map(|at| cells[at].to_owned());
        let mut method = "GET";
        for name in quoted(cells[0]) {
            let path = match name.split_once(' ') {
                Some((named, path)) => {
                    method = if named == "POST" { "POST" } else { "GET" };
                    path
                }
                None => name,
            };
            found.push((method == "POST", path.to_owned(), hears.clone()));
        }
    }
    found
}

async fn caller(site: &Site, who: usize, name: &str) -> Visitor {
    match who {
        0 => site.visitor(),
        1 => site.stale_user(name).await,
        2 => site.user(name).await,
        _ => {
            let mut script = site.visitor();
            script.token = Some(site.user(name).await.create_token("CI").await);
            script
        }
    }
}

/// ASVS 8.2.1: every page and function, requested by every kind of caller. There is no function that changes permissions; if you add
/// one, it must end every login of the affected user.
#[tokio::test]
async fn the_access_table_matches_the_responses() {
    let calls = calls();
    let named: BTreeSet<&str> = calls.iter().map(|(_, path, _)| &**path).collect();
    for (path, _) in server_fn_paths() {
        assert!(named.contains(path), "{path} is not in the table");
    }
    let site = site().await;
    for (number, (post, path, hears)) in calls.iter().enumerate() {
        for (who, heard) in hears.iter().enumerate() {
            let name = format!("Ada{number}of{who}");
            let mut caller = caller(&site, who, &name).await;
            let answer = if *post {
                let (email, password) = (email(&name), password(&name));
                let right = [("email", &*email), ("password", &*password)];
                caller.call(path, &right).await
            } else if path.starts_with("/api/") {
                caller.ask(path).await
            } else {
                caller.visit(path).await
            };
            let to = answer.location().unwrap_or_default();
            let code = answer.body.trim_matches('"');
            let is = match (answer.status.as_u16(), code) {
                (303, _) if to.starts_with("/login") => "log in first",
                (303, _) if to.starts_with("/confirm") => "password first",
                (303, _) => "sent on",
                (401, "fresh_login_required") => "password first",
                (401, "login_required") | (400, _) => "no",
                _ => "yes",
            };
            let token_to_the_dialog = who == 3 && heard == "no" && is == "password first";
            assert!(
                is == heard || token_to_the_dialog,
                "{path} {who}: {is}, not {heard}"
            );
        }
    }
}

/// ASVS 6.1.1, 7.1.1: the documented numbers are those of the code.
#[test]
fn documented_numbers_match_the_code() {
    let minutes = |time: Duration| time.as_secs() / 60;
    let hours = |time: Duration| time.as_secs() / 3600;
    let days = |time: Duration| hours(time) / 24;
    for sentence in [
        format!(
            "| without a visit | {} hours; a visit is written at most every {} minutes |",
            hours(IDLE),
            minutes(SEEN_EVERY)
        ),
        format!("| in all | {} hours |", hours(ABSOLUTE)),
        format!("| remembered | {} days from the login", days(REMEMBER)),
        format!("| fresh | {} minutes after the password |", minutes(FRESH)),
        format!("| logins of one user at a time | {SESSIONS_MAX};"),
        format!(
            "| access tokens | {TOKEN_DAYS} days unless said otherwise, {TOKEN_DAYS_MAX} at most; {TOKENS_MAX} of one user"
        ),
        format!(
            "up to {} min; after {ACCOUNT_MAX} the account is locked",
            minutes(ACCOUNT_WAIT_MAX)
        ),
        format!("below {ACCOUNT_FREE} after a day without one, below {ACCOUNT_MAX} after 30 days"),
        format!("| {ADDRESS_MAX} a minute (`ATTEMPTS_PER_MINUTE`)"),
        format!("body {} KiB", BODY_MAX / 1024),
        format!("one per core; {HASH_QUEUE} more wait for each"),
    ] {
        assert!(TABLE.contains(&sentence), "{sentence}");
    }
}
