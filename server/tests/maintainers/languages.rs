//! Each language that comes with the project says everything: the core's texts, and those of the pages.

use std::collections::BTreeSet;
use std::fs;

use toml::Table;

/// The names of all texts of a file, with their sections.
fn names(file: &str) -> BTreeSet<String> {
    let path = format!("{}/../app/src/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("a file");
    let sections: Table = toml::from_str(&text).expect("TOML");
    let sections = sections.iter().filter_map(|(section, texts)| {
        let names = texts.as_table()?.keys();
        Some(names.map(move |name| format!("{section}.{name}")))
    });
    sections.flatten().collect()
}

#[test]
fn german_has_the_texts_of_english() {
    for folder in ["auth/texts", "messages"] {
        let english = names(&format!("{folder}/en.toml"));
        assert!(english.len() > 30, "{folder}");
        assert_eq!(names(&format!("{folder}/de.toml")), english, "{folder}");
    }
}
