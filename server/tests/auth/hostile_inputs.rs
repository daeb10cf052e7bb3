//! Nothing of the catalogue of hostile inputs is forgotten: each of its rows is named by a test here, in the comment
//! above it. C: cookies and sessions. N: the way back. S: forms and functions. P: passwords. X: requests of other sites.
//! H: headers. U: identifiers. R: races. The numbers have gaps, and so has the list.

use std::collections::BTreeSet;

use leptos::server_fn::axum::server_fn_paths;

use crate::flask_login::comments_above_tests;

const ROWS: [(&str, &[u32]); 8] = [
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
];

#[test]
fn every_row_of_the_catalogue_is_named_by_a_test() {
    let comments = comments_above_tests();
    let named: BTreeSet<&str> = comments
        .split(|c: char| !c.is_ascii_alphanumeric())
        .collect();
    let rows = ROWS.iter().flat_map(|(letter, numbers)| {
        numbers
            .iter()
            .map(move |number| format!("{letter}{number}"))
    });
    let missing: Vec<String> = rows.filter(|row| !named.contains(row.as_str())).collect();
    assert_eq!(missing, [""; 0]);
}

/// C71, C77, R10: nothing resets a password or changes what a user may do. Whoever adds a function that does adds its
/// rows: it ends every log in of its user.
#[test]
fn every_function_that_there_is_is_one_of_these() {
    let there: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    let known = [
        "/api/access_tokens",
        "/api/account",
        "/api/confirm",
        "/api/create_token",
        "/api/current_user",
        "/api/delete_account",
        "/api/end_session",
        "/api/login",
        "/api/login_fresh",
        "/api/logout",
        "/api/password",
        "/api/revoke_token",
        "/api/sessions",
        "/api/signup",
    ];
    assert_eq!(there, known.into());
}
