//! The table of the controls, and how a control is removed; the tests keep the table in step with the code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    control: Vec<Control>,
}

/// One control, and the change that removes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    pub name: String,
    /// The filter of the tests that must fail.
    pub noticed_by: String,
    #[serde(default)]
    #[allow(dead_code, reason = "only run.rs reads it")]
    pub on: Engine,
    file: String,
    find: String,
    replace: String,
    #[serde(default)]
    also: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    file: String,
    find: String,
    replace: String,
}

#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    #[default]
    Sqlite,
    Postgres,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn controls() -> Vec<Control> {
    let table = root().join("server/tests/maintainers/controls.toml");
    let table = fs::read_to_string(table).expect("controls.toml");
    toml::from_str::<Table>(&table)
        .expect("the shape of controls.toml")
        .control
}

impl Control {
    /// The changed files below `root` without this control, by their path.
    ///
    /// # Errors
    /// A file is missing or does not hold its snippet exactly once, or the snippet stays as it is.
    pub fn files_without(&self, root: &Path) -> Result<BTreeMap<PathBuf, String>, String> {
        let mut files = BTreeMap::new();
        let first = (&self.file, &self.find, &self.replace);
        let also = self.also.iter().map(|c| (&c.file, &c.find, &c.replace));
        for (file, find, replace) in [first].into_iter().chain(also) {
            let path = root.join(file);
            if !files.contains_key(&path) {
                let text = fs::read_to_string(&path)
                    .map_err(|error| format!("{}: {file}: {error}", self.name))?;
                files.insert(path.clone(), text);
            }
            let text = &files[&path];
            let count = text.matches(find.as_str()).count();
            if count != 1 {
                return Err(format!("{}: {count} times in {file}: {find}", self.name));
            }
            if find == replace {
                return Err(format!("{}: changes nothing in {file}", self.name));
            }
            let changed = text.replace(find.as_str(), replace);
            files.insert(path, changed);
        }
        Ok(files)
    }
}

#[test]
fn every_control_is_found_exactly_once_in_its_file() {
    let root = root();
    let wrong: Vec<String> = controls()
        .iter()
        .filter_map(|control| control.files_without(&root).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn controls_are_sorted_and_have_unique_names() {
    let controls = controls();
    for pair in controls.windows(2) {
        let [one, next] = [&pair[0], &pair[1]].map(|control| (&control.file, &control.name));
        assert!(one < next, "{} stands before {}", one.1, next.1);
    }
    let mut names: Vec<&str> = controls.iter().map(|control| &*control.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), controls.len());
}

#[test]
fn every_filter_names_a_test() {
    /// The tests of the files below `folder`, by their path: `auth::login::a_test`.
    fn test_names(folder: &Path, above: &str, names: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let module = format!("{above}{stem}::");
            if path.is_dir() {
                test_names(&path, &module, names);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).expect("text");
                let mut lines = source.lines().map(str::trim);
                while let Some(line) = lines.next() {
                    if line == "#[test]" || line.starts_with("#[tokio::test") {
                        let name = lines.find_map(|line| line.split("fn ").nth(1));
                        let name = name.and_then(|name| name.split('(').next());
                        names.push(format!("{module}{}", name.unwrap_or_default()));
                    }
                }
            }
        }
    }
    let mut names = Vec::new();
    test_names(&root().join("server/tests"), "", &mut names);
    let wrong: Vec<String> = controls()
        .into_iter()
        .filter(|control| !names.iter().any(|name| name.contains(&control.noticed_by)))
        .map(|control| format!("{}: no test {}", control.name, control.noticed_by))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
