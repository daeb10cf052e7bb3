//! Core. Which passwords may be chosen. The browser applies the same rules while the form is filled in; the server decides.
//!
//! Long, and not among the common ones (NIST SP 800-63B-4, 3.1.1.2; ASVS 6.2.1, 6.2.4, 6.2.11). No rule demands digits or
//! symbols: they make passwords harder to remember and not harder to guess (ASVS 6.2.5).

use crate::auth::config::{PASSWORD_MAX, PASSWORD_MIN};
use crate::auth::error::AuthError;
use crate::users::SITE_WORDS;

/// Those of Mark Burnett's ten million passwords that are long enough, in lower case, most frequent first.
const COMMON: &[u8] = include_bytes!("common_passwords.txt");

/// The list reaches the browser as a Bloom filter: a tenth of its size, with one false positive in 2,600 passwords.
const BITS: u32 = 160_000;
const HASHES: u32 = 11;
static FILTER: [u8; BITS as usize / 8] = filter([0; BITS as usize / 8], COMMON);

/// Words of the user or the site that are shorter are ignored: they occur in many good passwords.
const WORD_MIN: usize = 3;

/// Why `password` cannot be chosen, if so. Its length is counted in code points: normalise it first. `own` are the user's own
/// words: name, address.
pub fn refusal(password: &str, own: &[&str]) -> Option<AuthError> {
    let lower = password.to_lowercase();
    match password.chars().count() {
        0..PASSWORD_MIN => Some(AuthError::PasswordTooShort),
        PASSWORD_MIN..=PASSWORD_MAX if is_common(lower.as_bytes()) => {
            Some(AuthError::PasswordCommon)
        }
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

fn is_common(password: &[u8]) -> bool {
    let hash = hash(password, 0, password.len());
    (0..HASHES).all(|number| {
        let bit = place(hash, number);
        FILTER[bit / 8] & 1 << (bit % 8) != 0
    })
}

/// Sets a bit for every hash of every line.
const fn filter<const N: usize>(mut filter: [u8; N], lines: &[u8]) -> [u8; N] {
    let (mut start, mut end) = (0, 0);
    while end < lines.len() {
        if lines[end] == b'\n' {
            let hash = hash(lines, start, end);
            let mut number = 0;
            while number < HASHES {
                let bit = place(hash, number);
                filter[bit / 8] |= 1 << (bit % 8);
                number += 1;
            }
            start = end + 1;
        }
        end += 1;
    }
    filter
}

/// FNV-1a, twice, of the bytes from `start` to `end`. A collision is no weakness: it only refuses one password more.
const fn hash(bytes: &[u8], start: usize, end: usize) -> (u32, u32) {
    let (mut one, mut two) = (0x811c_9dc5_u32, 0x2545_f491_u32);
    let mut at = start;
    while at < end {
        one = (one ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        two = (two ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (mixed(one), mixed(two))
}

/// MurmurHash3's finalizer.
const fn mixed(mut hash: u32) -> u32 {
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

/// The bit of the `number`th hash, derived from two (Kirsch and Mitzenmacher).
const fn place((one, two): (u32, u32), number: u32) -> usize {
    (one.wrapping_add(number.wrapping_mul(two | 1)) % BITS) as usize
}
