//! The program of `.ci/tutorial`: types what app/docs/tutorial.md says into a checkout, or counts it.

#[path = "tutorial.rs"]
mod tutorial;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use tutorial::{TUTORIAL, Tree, blocks, count};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match (arguments.next().as_deref(), arguments.next()) {
        (Some("--count"), None) => counted(),
        (Some("--apply"), Some(folder)) => applied(Path::new(&folder)),
        _ => Err("follow --count | --apply FOLDER".to_owned()),
    };
    if let Err(why) = result {
        eprintln!("{why}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn text(root: &Path) -> Result<String, String> {
    fs::read_to_string(root.join(TUTORIAL)).map_err(|why| format!("{TUTORIAL}: {why}"))
}

fn counted() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    print!("{}", count(&blocks(&text(&root)?)?));
    Ok(())
}

fn applied(root: &Path) -> Result<(), String> {
    let mut tree = Tree::new(root.to_owned());
    for block in blocks(&text(root)?)? {
        for path in block.deleted().map(|path| root.join(path)) {
            let deleted = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            deleted.map_err(|why| format!("{}: {why}", path.display()))?;
        }
        tree.apply(&block)?;
    }
    tree.save();
    Ok(())
}
