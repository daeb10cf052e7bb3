//! Core. The files that the build has made, in the head of a page: the style sheet, and the program that hydrates the page.
//!
//! In place of Leptos's `HashedStylesheet` and `HydrationScripts`, which read the names from the disk for each page.

use std::fmt::Display;
use std::sync::Arc;
use std::{env, fs, io};

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::language::spoken;

/// Where they are. Cheap to clone.
#[derive(Clone)]
pub struct BuiltFiles(Arc<Urls>);

struct Urls {
    style: String,
    glue: String,
    wasm: String,
    start: String,
}

impl BuiltFiles {
    /// A name contains the hash of the content. The build has written the hashes to a file beside the server.
    ///
    /// # Errors
    /// The file cannot be read, or lacks a hash.
    pub fn find(options: &LeptosOptions) -> io::Result<Self> {
        let server = env::current_exe()?;
        let file = server.with_file_name(&*options.hash_file);
        let unusable = |why: &dyn Display| io::Error::other(format!("{}: {why}", file.display()));
        let hashes = if options.hash_files {
            fs::read_to_string(&file).map_err(|error| unusable(&error))?
        } else {
            String::new()
        };
        let url = |kind: &str| {
            let hash = match hashes.lines().find_map(|line| hash_of(kind, line)) {
                Some(hash) => format!(".{hash}"),
                None if options.hash_files => {
                    return Err(unusable(&format!("no hash of {kind}")));
                }
                None => String::new(),
            };
            let LeptosOptions {
                site_pkg_dir,
                output_name,
                ..
            } = options;
            Ok(format!("/{site_pkg_dir}/{output_name}{hash}.{kind}"))
        };
        let (style, glue, wasm) = (url("css")?, url("js")?, url("wasm")?);
        let start = format!(
            "import({glue:?}).then((program) => program.default({{module_or_path: {wasm:?}}}).then(() => texts).then(program.hydrate))"
        );
        Ok(Self(Arc::new(Urls {
            style,
            glue,
            wasm,
            start,
        })))
    }
}

/// A line is `css: abc`.
fn hash_of<'a>(kind: &str, line: &'a str) -> Option<&'a str> {
    let (of, hash) = line.split_once(':')?;
    (of.trim() == kind).then(|| hash.trim())
}

/// Loads the style sheet.
#[component]
pub fn Style(files: BuiltFiles) -> impl IntoView {
    let BuiltFiles(urls) = files;
    view! { <link rel="stylesheet" href=urls.style.clone()/> }
}

/// Loads the program: its two files and its texts at the same time, each once.
#[component]
pub fn Program(files: BuiltFiles) -> impl IntoView {
    let BuiltFiles(urls) = files;
    let texts = spoken().map(|language| &*language.url);
    let start = format!(
        "const texts = fetch({:?}).then((file) => file.ok ? file.json() : Promise.reject(file.statusText)); {}",
        texts.unwrap_or_default(),
        urls.start
    );
    view! {
        <link rel="preload" href=texts r#as="fetch" r#type="application/json" crossorigin="anonymous"/>
        <link rel="modulepreload" href=urls.glue.clone()/>
        <link
            rel="preload" href=urls.wasm.clone()
            r#as="fetch" r#type="application/wasm" crossorigin="anonymous"
        />
        <script type="module" nonce=use_nonce()>{start}</script>
    }
}
