//! Which passwords may be chosen: long ones that are not common.

use app::auth::AuthError;
use app::auth::password::rules::refusal;
use app::users::SITE_WORDS;
use axum::http::StatusCode;

use crate::support::site::site;
use crate::support::visitor::{email, password};

const COMMON: &str = include_str!("../../../app/src/auth/password/common_passwords.txt");

/// A different sentence for each number.
fn sentence(number: u32) -> String {
    let words = [
        "umber", "violin", "kettle", "orbit", "thicket", "marble", "lantern", "squid",
    ];
    let word = |place: u32| words[(number >> (3 * place)) as usize % words.len()];
    format!("{} {} {} {number}", word(0), word(1), word(2))
}

#[test]
fn common_passwords_are_recognised_in_any_case() {
    assert!(COMMON.lines().count() >= 3_000);
    for common in COMMON.lines() {
        for spelt in [common.to_owned(), common.to_uppercase()] {
            assert_eq!(
                refusal(&spelt, &[]),
                Some(AuthError::PasswordCommon),
                "{spelt}"
            );
        }
    }
}

#[test]
fn no_other_password_is_refused_as_common() {
    for number in 0..200_000 {
        assert_eq!(refusal(&sentence(number), &[]), None);
    }
}

#[tokio::test]
async fn a_password_is_checked_while_the_form_is_filled_in_and_nothing_is_stored() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    let mut guest = site.visitor();
    for (typed, code) in [
        ("short", r#""password_too_short""#),
        ("PasswordPassword", r#""password_common""#),
        ("Hopper-Hopper-1906", r#""password_expected""#),
        ("Ada-Ada-Ada-Ada-1815", "null"),
    ] {
        let fields = [("name", "Hopper"), ("password", typed)];
        let answer = guest.call("/api/check_password", &fields).await;
        assert_eq!(answer.body, code, "{typed}");
    }
    // A user's own words are those of the account.
    let own = [("name", "Grace"), ("password", "Ada-Ada-Ada-Ada-1815")];
    let answer = ada.call("/api/check_password", &own).await;
    assert_eq!(answer.body, r#""password_expected""#);
    assert_eq!(site.rows("users").await.len(), 1);
}

#[tokio::test]
async fn a_common_password_is_refused_with_the_reason_at_sign_up_and_at_a_change() {
    let site = site().await;
    let mut ada = site.user("Ada").await;
    for common in COMMON.lines().step_by(200) {
        let fields = [
            ("name", "Eve"),
            ("email", "eve@example.com"),
            ("password", common),
        ];
        let answer = site.visitor().call("/api/signup", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{common}");
        assert_eq!(answer.body, r#""password_common""#, "{common}");
    }
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", "passwordpassword"),
    ];
    let answer = ada.submit("/api/password", &fields).await;
    answer.leads_to("/account/password");
    let page = ada.visit("/account/password").await;
    page.shows("This password is too common");
    assert_eq!(site.rows("users").await.len(), 1);
    ada.log_in("Ada").await.leads_to("/");
}

#[tokio::test]
async fn a_password_made_of_the_sites_or_the_users_words_is_refused() {
    let site = site().await;
    let own = |chosen: &'static str| {
        let mut visitor = site.visitor();
        async move {
            let fields = [
                ("name", "Ada Lovelace"),
                ("email", "countess@analytical.example"),
                ("password", chosen),
            ];
            visitor.call("/api/signup", &fields).await.body
        }
    };
    for expected in [
        "adalovelace1234",
        "Lovelace, Ada: 1815",
        "countess@analytical",
        "countess@analytical.example",
        "analytical analytical",
        "https://app.test",
        "app.test app.test 7",
    ] {
        assert_eq!(own(expected).await, r#""password_expected""#, "{expected}");
    }
    let words = SITE_WORDS.iter().flat_map(|text| text.split(['-', ' ']));
    for word in words.filter(|word| word.len() >= 3) {
        let capital = word[..1].to_uppercase() + &word[1..];
        let twice = format!("{word}{word}{word}{word}{word}");
        for expected in [
            twice.clone(),
            format!("{capital}-{capital}-{capital}-{capital}!"),
            format!("{}1234567890123", word.to_uppercase()),
            format!("{word}.{word}.{word}.2026"),
        ] {
            let answer = own(expected.clone().leak()).await;
            // Where the name of the site is an ordinary word, it may be among the common passwords as well.
            let codes = [r#""password_expected""#, r#""password_common""#];
            assert!(codes.contains(&&*answer), "{expected}: {answer}");
        }
    }
    for fine in [
        "lovelace and her engine",
        "the key of my latch",
        "123 456 789 123 456",
    ] {
        assert_eq!(own(fine).await, "null", "{fine}");
    }

    let mut ada = site.user("Ada").await;
    let fields = [
        ("current_password", &*password("Ada")),
        ("password", &*email("Ada")),
    ];
    let answer = ada.call("/api/password", &fields).await;
    assert_eq!(answer.body, r#""password_expected""#);
}

#[test]
fn no_rule_requires_digits_or_symbols() {
    for fine in [
        "onlysmallletters",
        "ONLYCAPITALLETTERS",
        "804619375528146",
        "🦑🦑🦑🐙🐙🐙🦞🦞🦞🦀🦀🦀🐡🐡🐡",
        "               x",
    ] {
        assert_eq!(refusal(fine, &[]), None, "{fine}");
    }
}
