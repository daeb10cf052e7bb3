//! Core. Which passwords may be chosen.
//!
//! Long, and not among the common ones (NIST SP 800-63B-4, 3.1.1.2; ASVS 6.2.1, 6.2.4, 6.2.11). No rule demands digits or
//! symbols: they make passwords harder to remember and not harder to guess (ASVS 6.2.5).

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::auth::config::{PASSWORD_MAX, PASSWORD_MIN};
use crate::auth::error::AuthError;
use crate::users::SITE_WORDS;

/// Those of Mark Burnett's ten million passwords that are long enough, in lower case, most frequent first.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Words of the user or the site that are shorter are ignored: they occur in many good passwords.
const WORD_MIN: usize = 3;

/// Why `password` cannot be chosen, if so. Its length is counted in code points: normalise it first. `own` are the user's own
/// words: name, address.
pub fn refusal(password: &str, own: &[&str]) -> Option<AuthError> {
    let lower = password.to_lowercase();
    match password.chars().count() {
        0..PASSWORD_MIN => Some(AuthError::PasswordTooShort),
        PASSWORD_MIN..=PASSWORD_MAX if COMMON.contains(&*lower) => Some(AuthError::PasswordCommon),
        PASSWORD_MIN..=PASSWORD_MAX => {
            is_made_of(lower, own).then_some(AuthError::PasswordExpected)
        }
        _ => Some(AuthError::PasswordTooLong),
    }
}

/// Whether only digits and symbols are left when the words of the site and of the user are removed.
fn is_made_of(mut password: String, own: &[&str]) -> bool {
    let texts = own.iter().chain(SITE_WORDS);
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let words = words.map(str::to_lowercase);
    let mut words: Vec<String> = words
        .filter(|word| word.chars().count() >= WORD_MIN)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let before = password.len();
    for word in &words {
        password = password.replace(word.as_str(), "");
    }
    password.len() < before && !password.chars().any(char::is_alphabetic)
}
