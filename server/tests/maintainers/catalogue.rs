//! Checks the catalogue of cases beside this file against the tests: every row names a test, and every named test exists.
//! It contains all behaviours of Flask-Login.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const CATALOGUE: &str = include_str!("catalogue.md");

/// `folder::module::test` of every test in the parent folder.
pub fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut tests = BTreeSet::new();
    let mut open = vec![root.clone()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = path.strip_prefix(&root).unwrap().with_extension("");
                let module = module.display().to_string().replace('/', "::");
                let source = fs::read_to_string(&path).expect("text");
                tests.extend(names(&source).map(|name| format!("{module}::{name}")));
            }
        }
    }
    assert!(tests.len() > 400, "{}", tests.len());
    tests
}

/// The names of the functions that are marked as tests.
fn names(source: &str) -> impl Iterator<Item = &str> {
    let mut marked = false;
    source.lines().filter_map(move |line| {
        let line = line.trim_start();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        }
        let (_, rest) = line.split_once("fn ").filter(|_| marked)?;
        marked = false;
        rest.split('(').next()
    })
}

/// The tests that cover each code.
fn rows() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut rows = BTreeMap::new();
    for line in CATALOGUE.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [code, case, covered] = cells[..] else {
            panic!("not three cells: {line}");
        };
        if code != "code" {
            assert!(case.len() > 3, "{code} says nothing");
            let covered = covered.split('`').skip(1).step_by(2).collect();
            assert_eq!(rows.insert(code, covered), None, "{code} has two rows");
        }
    }
    rows
}

#[test]
fn every_case_names_a_test_and_every_test_it_names_exists() {
    let (rows, tests) = (rows(), tests());
    assert!(rows.len() > 400, "{}", rows.len());
    for (code, covered) in rows {
        assert!(!covered.is_empty(), "{code} is covered by no test");
        for name in covered {
            assert!(tests.contains(name), "{code}: there is no {name}");
        }
    }
}

#[test]
fn every_behaviour_of_flask_login_has_a_row() {
    let rows = rows();
    let asserted = (1..=137).map(|number| format!("FL-{number:03}"));
    let observed = (1..=35).map(|number| format!("FX-{number:02}"));
    let missing: Vec<_> = asserted
        .chain(observed)
        .filter(|code| !rows.contains_key(&**code))
        .collect();
    assert_eq!(missing, [""; 0]);
}
