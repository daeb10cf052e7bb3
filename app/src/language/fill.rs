//! Core. Values in texts.

/// `text` with a value for each `{name}` in it. A name without a value stays.
pub fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled += before;
        let known = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((*value, after))
        });
        let (value, after) = known.unwrap_or(("{", after));
        filled += value;
        rest = after;
    }
    filled + rest
}
