//! The table of `app/src/security/ASVS.md` is about this very code: what it names is there, and no row is empty.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = include_str!("../../../app/src/security/ASVS.md");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/auth")
}

/// `module::test` for every test there is.
fn tests() -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for entry in fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        let source = fs::read_to_string(&path).expect("text");
        let lines: Vec<&str> = source.lines().collect();
        for pair in lines.windows(2) {
            let mark = pair[0].trim_start();
            let marked = mark.starts_with("#[test]") || mark.starts_with("#[tokio::test");
            let name = pair[1]
                .split("fn ")
                .nth(1)
                .and_then(|rest| rest.split('(').next());
            if let (true, Some(name)) = (marked, name) {
                tests.insert(format!("{module}::{name}"));
            }
        }
    }
    tests
}

#[test]
fn every_test_that_the_table_names_is_there() {
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
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !tests.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_requirement_of_the_first_two_levels_goes_without_a_word() {
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
    assert!(rows.len() > 200, "{}", rows.len());
    for (id, level, how) in &rows {
        assert!(
            how.trim_matches(['|', ' ']).len() >= 2 && !how.contains("TEST?"),
            "{id} ({level})"
        );
    }
}
