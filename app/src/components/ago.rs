//! Yours. "3 hours ago".

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Of a number of seconds. A negative one is "just now": clocks differ.
pub fn ago(seconds: i64) -> String {
    let count = |unit: i64, one: &str| match seconds / unit {
        1 => format!("{one} ago"),
        many => format!(
            "{many} {}s ago",
            one.trim_start_matches("an ").trim_start_matches("a ")
        ),
    };
    match seconds {
        ..MINUTE => "just now".into(),
        MINUTE..HOUR => count(MINUTE, "a minute"),
        HOUR..DAY => count(HOUR, "an hour"),
        _ => count(DAY, "a day"),
    }
}
