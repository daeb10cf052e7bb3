//! The tutorial, app/docs/tutorial.md, as a program reads it: what a reader types, where, and how much that is. The tests type it
//! into the tree as it is, without building anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

pub const TUTORIAL: &str = "app/docs/tutorial.md";

/// What a reader does at one place of the text.
pub struct Block {
    /// Of the text, from 1.
    line: usize,
    step: String,
    kind: Kind,
    /// The file, or the language of a block that is typed into no file.
    path: String,
    body: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A new file.
    Write,
    /// At the end of a file, after an empty line.
    Append,
    /// Lines with `+` and `-`, and others that show the place. `@@` stands between two places.
    Change,
    /// Commands.
    Run,
}

/// The blocks of `text`.
///
/// # Errors
/// A block of code does not say which file it belongs to.
pub fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let (mut step, mut above) = ("", "");
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            step = title;
        }
        if let Some(language) = line.strip_prefix("```") {
            let body = lines.by_ref().map(|(line, _)| line.to_owned());
            let body = body.take_while(|line| line != "```").collect();
            let (kind, path) = place(above, language)
                .ok_or_else(|| format!("{TUTORIAL}:{number}: which file does the block change?"))?;
            blocks.push(Block {
                line: number,
                step: step.to_owned(),
                kind,
                path: path.to_owned(),
                body,
            });
        }
        if !line.is_empty() {
            above = line;
        }
    }
    Ok(blocks)
}

/// What to do with a block of `language`, by the line above it.
fn place<'a>(above: &'a str, language: &'a str) -> Option<(Kind, &'a str)> {
    if language == "sh" {
        return Some((Kind::Run, language));
    }
    let (verb, rest) = above.split_once(" `")?;
    let kind = match verb {
        "Write" => Kind::Write,
        "Append to" => Kind::Append,
        "Change" => Kind::Change,
        _ => return None,
    };
    let is_diff = language == "diff";
    (is_diff == (kind == Kind::Change)).then_some((kind, rest.strip_suffix("`:")?))
}

/// A checkout, with what has been typed so far.
pub struct Tree {
    root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    pub fn new(root: PathBuf) -> Self {
        let files = BTreeMap::new();
        Self { root, files }
    }

    /// Types `block`.
    ///
    /// # Errors
    /// It does not fit the file.
    pub fn apply(&mut self, block: &Block) -> Result<(), String> {
        let typed = || block.body.join("\n") + "\n";
        let path = &block.path;
        let before = match self.files.get(path) {
            Some(text) => Some(text.clone()),
            None => fs::read_to_string(self.root.join(path)).ok(),
        };
        let after = match (block.kind, before) {
            (Kind::Run, _) => return Ok(()),
            (Kind::Write, None) => Ok(typed()),
            (Kind::Write, Some(_)) => Err("the file is there already".to_owned()),
            (Kind::Append, Some(text)) => Ok(format!("{text}\n{}", typed())),
            (Kind::Change, Some(text)) => changed(text, &block.body),
            (_, None) => Err("there is no such file".to_owned()),
        };
        let after = after.map_err(|why| format!("{TUTORIAL}:{}: {path}: {why}", block.line))?;
        self.files.insert(path.clone(), after);
        Ok(())
    }

    /// Writes the files to the disk.
    #[allow(dead_code, reason = "only the program writes")]
    pub fn save(&mut self) {
        for (path, text) in std::mem::take(&mut self.files) {
            let path = self.root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file to write");
        }
    }
}

/// `text` after the changes of a block.
fn changed(mut text: String, body: &[String]) -> Result<String, String> {
    for lines in body.split(|line| line.starts_with("@@")) {
        let side = |skipped: char| {
            let lines = lines.iter().filter(|line| !line.starts_with(skipped));
            lines.fold(String::new(), |text, line| {
                text + line.get(1..).unwrap_or_default() + "\n"
            })
        };
        let (before, after) = (side('+'), side('-'));
        // Whole lines.
        let framed = format!("\n{text}");
        let found: Vec<usize> = framed
            .match_indices(&format!("\n{before}"))
            .map(|(at, _)| at)
            .collect();
        let [at] = found[..] else {
            return Err(format!("{} times in it:\n{before}", found.len()));
        };
        text.replace_range(at..at + before.len(), &after);
    }
    Ok(text)
}

impl Block {
    /// The paths that the block deletes. Its other commands only look at the tree, or rename it.
    #[allow(dead_code, reason = "only the program deletes")]
    pub fn deleted(&self) -> impl Iterator<Item = &str> {
        let lines = self.body.iter().filter(|_| self.kind == Kind::Run);
        lines
            .filter_map(|line| line.strip_prefix("rm -r "))
            .flat_map(|paths| paths.split(' '))
    }

    /// The lines that a reader types, without empty ones.
    fn typed(&self) -> usize {
        let lines = self.body.iter();
        let is_typed = |line: &&String| match self.kind {
            Kind::Change => line.starts_with('+') && line.len() > 1,
            Kind::Write | Kind::Append => !line.is_empty(),
            Kind::Run => false,
        };
        lines.filter(is_typed).count()
    }
}

/// What a step costs.
#[derive(Default)]
struct Cost<'a> {
    lines: usize,
    new: BTreeSet<&'a str>,
    changed: BTreeSet<&'a str>,
}

impl<'a> Cost<'a> {
    fn add(&mut self, block: &'a Block) {
        match block.kind {
            Kind::Run => return,
            Kind::Write => self.new.insert(&block.path),
            Kind::Append | Kind::Change => self.changed.insert(&block.path),
        };
        self.lines += block.typed();
        let new = &self.new;
        self.changed.retain(|path| !new.contains(path));
    }
}

/// A table: for each step the lines that are typed, and the files.
pub fn count(blocks: &[Block]) -> String {
    let mut steps: Vec<(&str, Cost)> = Vec::new();
    let mut total = Cost::default();
    for block in blocks {
        if steps.last().is_none_or(|(step, _)| *step != block.step) {
            steps.push((&block.step, Cost::default()));
        }
        steps.last_mut().expect("a step").1.add(block);
        total.add(block);
    }
    steps.push(("all", total));
    let mut table = format!(
        "{:<28} {:>5} {:>4} {:>8}\n",
        "step", "lines", "new", "changed"
    );
    for (
        step,
        Cost {
            lines,
            new,
            changed,
        },
    ) in steps
    {
        let (new, changed) = (new.len(), changed.len());
        writeln!(table, "{step:<28} {lines:>5} {new:>4} {changed:>8}").expect("a string");
    }
    table
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn text() -> String {
        fs::read_to_string(root().join(TUTORIAL)).expect("the tutorial")
    }

    /// The checkout after the last step.
    fn followed() -> Tree {
        let mut tree = Tree::new(root());
        for block in blocks(&text()).unwrap() {
            tree.apply(&block).unwrap_or_else(|why| {
                panic!(
                    "{why}\nIn an app of your own delete this folder: see server/tests/README.md"
                )
            });
        }
        tree
    }

    /// What `cargo fmt` would change.
    fn unformatted(text: &str) -> String {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition=2024"]);
        rustfmt.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut rustfmt = rustfmt.spawn().expect("rustfmt");
        let mut stdin = rustfmt.stdin.take().expect("its input");
        stdin.write_all(text.as_bytes()).expect("a text to check");
        drop(stdin);
        let output = rustfmt.wait_with_output().expect("its output");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("a text")
    }

    #[test]
    fn the_tutorial_fits_the_tree_and_leaves_formatted_files() {
        for (path, text) in followed().files {
            if Path::new(&path).extension() == Some("rs".as_ref()) {
                assert_eq!(unformatted(&text), "", "{path}");
            }
        }
    }

    #[test]
    fn the_numbers_in_the_text_are_those_of_the_blocks() {
        let text = text();
        let table = count(&blocks(&text).unwrap());
        let total: Vec<&str> = table.lines().last().unwrap().split_whitespace().collect();
        let [_, lines, new, changed] = total[..] else {
            panic!("{table}");
        };
        let said = format!("{lines} lines, in {new} new files and {changed} existing ones");
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").contains(&said), "{said}");
    }

    /// Screens and printed pages.
    #[test]
    fn no_line_is_too_wide() {
        let text = text();
        let wide: Vec<_> = text
            .lines()
            .filter(|line| line.chars().count() > 130)
            .collect();
        assert_eq!(wide, [""; 0]);
    }

    fn error(above: &str, language: &str, body: &str) -> Option<String> {
        let text = format!("## 1. Step\n\n{above}\n\n```{language}\n{body}\n```\n");
        let blocks = match blocks(&text) {
            Ok(blocks) => blocks,
            Err(why) => return Some(why),
        };
        let mut tree = Tree::new(root());
        tree.files.insert("a.rs".into(), "one\ntwo\none\n".into());
        let result = tree.apply(&blocks[0]);
        result.err()
    }

    #[test]
    fn a_block_that_does_not_fit_names_its_line() {
        for (above, language, body) in [
            ("A text.", "rust", "x"),
            ("Change `a.rs`:", "rust", "x"),
            ("Append to `a.rs`:", "diff", "+x"),
            ("Write `a.rs`:", "rust", "x"),
            ("Append to `unknown.rs`:", "rust", "x"),
            ("Change `a.rs`:", "diff", " one\n+x"),
            ("Change `a.rs`:", "diff", " tw\n+x"),
            ("Change `a.rs`:", "diff", " wo\n+x"),
            ("Change `a.rs`:", "diff", " three\n+x"),
        ] {
            let error = error(above, language, body);
            let error = error.unwrap_or_else(|| panic!("{above} {body} fits"));
            assert!(error.starts_with("app/docs/tutorial.md:5: "), "{error}");
        }
        assert_eq!(
            error("Change `a.rs`:", "diff", " two\n-one\n+x\n@@\n+y\n one"),
            None
        );
    }
}
