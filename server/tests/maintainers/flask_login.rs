//! Nothing of Flask-Login is forgotten: each behaviour that its own tests assert (FL-) and each that was found by
//! running it (FX-) is named by a test here. `app/src/auth/FLASK-LOGIN.md` says what became of each feature.

use std::collections::BTreeSet;

use crate::asvs::sources;

const ASSERTED: std::ops::RangeInclusive<u32> = 1..=137;
const OBSERVED: std::ops::RangeInclusive<u32> = 1..=35;

fn numbers(text: &str, kind: &str) -> BTreeSet<u32> {
    let found = text.split(kind).skip(1);
    found
        .filter_map(|rest| rest.get(..3).or(rest.get(..2)))
        .filter_map(|digits| {
            let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

#[test]
fn every_behaviour_of_the_model_is_named_by_a_test() {
    let named = comments_above_tests();
    let (asserted, observed) = (numbers(&named, "FL-"), numbers(&named, "FX-"));
    let missing: Vec<_> = ASSERTED
        .filter(|number| !asserted.contains(number))
        .collect();
    assert_eq!(missing, [0; 0], "FL-");
    let missing: Vec<_> = OBSERVED
        .filter(|number| !observed.contains(number))
        .collect();
    assert_eq!(missing, [0; 0], "FX-");
}

/// The comments directly above the tests of all files. A number elsewhere proves nothing.
pub fn comments_above_tests() -> String {
    let mut found = String::new();
    for (_, source) in sources() {
        let mut comment = String::new();
        for line in source.lines().map(str::trim_start) {
            if let Some(text) = line.strip_prefix("///") {
                comment = comment + text + " ";
            } else {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    found += &comment;
                }
                comment.clear();
            }
        }
    }
    found
}
