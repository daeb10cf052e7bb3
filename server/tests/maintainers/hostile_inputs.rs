//! Nothing of the catalogue of hostile inputs and bad days is forgotten: each of its rows is named by a test here, in
//! the comment above it. C: cookies and sessions. N: the way back. S: forms and functions. P: passwords. X: requests of
//! other sites. H: headers. U: identifiers. R: races. A: load. D: trouble with the database. K: secrets and settings.
//! G: stops, crashes and starts. M: migrations, backups and what expires. T: clocks. The numbers have gaps, and so has
//! the list.

use std::collections::BTreeSet;

use crate::flask_login::comments_above_tests;

const ROWS: [(&str, &[u32]); 14] = [
    (
        "C",
        &[
            1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34,
            35, 37, 38, 40, 41, 43, 44, 46, 47, 49, 50, 52, 53, 55, 56, 58, 59, 61, 62, 64, 65, 67,
            68, 70, 71, 73, 74, 76, 77, 79, 80, 82, 83,
        ],
    ),
    (
        "N",
        &[
            1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34,
            35, 37, 38, 40, 41, 43, 44, 46, 47, 49, 50, 52, 53, 55, 56, 58, 59, 61, 62, 64, 65,
        ],
    ),
    (
        "S",
        &[
            1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34,
            35,
        ],
    ),
    ("P", &[7, 8, 10, 11, 13, 14]),
    (
        "X",
        &[
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
        ],
    ),
    ("H", &[1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20]),
    ("U", &[1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20]),
    ("R", &[1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17]),
    ("A", &[1, 2, 3, 5, 6]),
    ("D", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11]),
    ("K", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("G", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13]),
    ("M", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("T-", &[1, 2, 3, 4]),
];

/// What no test can run here, and why.
const ELSEWHERE: [(&str, &str); 4] = [
    ("A4", "log ins for a whole day"),
    ("A7", "a tenth of a processor: that takes a control group"),
    ("D10", "the system's random numbers cannot be made to fail"),
    ("G10", "no memory left: that takes a machine of its own"),
];

/// The words of a text, and with them the rows that it names.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .collect()
}

#[test]
fn every_row_of_the_catalogue_is_named_by_a_test() {
    let comments = comments_above_tests();
    let named = words(&comments);
    let rows = ROWS.iter().flat_map(|(letter, numbers)| {
        numbers
            .iter()
            .map(move |number| format!("{letter}{number}"))
    });
    let missing: Vec<String> = rows.filter(|row| !named.contains(row.as_str())).collect();
    assert_eq!(missing, [""; 0]);
}

/// Whoever finds a way to run one of them moves it up.
#[test]
fn what_cannot_run_here_is_named_by_no_test() {
    let comments = comments_above_tests();
    let named = words(&comments);
    for (row, why) in ELSEWHERE {
        assert!(!named.contains(row), "{row}: {why}");
    }
}
