//! Rules for the source code that must hold after every change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use app::auth::{AuthSession, FormValues, Password, SigningKeys};
use secrecy::SecretString;
use serde::Serialize;
use static_assertions::assert_not_impl_any;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file below `folder`, by its path relative to it.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let folder = root().join(folder);
    let mut found = BTreeMap::new();
    let mut open = vec![folder.clone()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&folder).unwrap().display().to_string();
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// The lines of code, without comments.
fn code(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

/// The files of `app/src` that `./dev update` replaces.
fn is_core(file: &str) -> bool {
    let list = include_str!("../../.ci/core-files");
    let lines = list.lines().filter_map(|line| line.strip_prefix("core "));
    lines.flat_map(str::split_whitespace).any(|path| {
        let path = path.strip_prefix("app/src/");
        path.is_some_and(|path| Path::new(file).starts_with(path))
    })
}

#[test]
fn the_core_imports_only_users_and_error_from_the_app() {
    for (file, source) in sources("app/src") {
        for line in code(&source).filter(|line| is_core(&file) && line.contains("crate::")) {
            let names = line.split("crate::").skip(1);
            for name in names {
                let part = name
                    .split([':', ';', ' ', '{', ')'])
                    .next()
                    .unwrap_or_default();
                let allowed = [
                    "auth",
                    "security",
                    "database",
                    "background",
                    "erased",
                    "half",
                    "json",
                    "language",
                    "mail",
                    "users",
                    "error",
                ];
                assert!(allowed.contains(&part), "{file}: {line}");
            }
        }
    }
}

#[test]
fn there_is_no_import_circle() {
    let graph = imports(&sources("app/src"));
    let edges: usize = graph.values().map(BTreeSet::len).sum();
    assert!(edges > 200, "{edges} imports were found");
    // A file that imports nothing, or only files that are already removed, is in no circle.
    let mut left = graph;
    while let Some(file) = left
        .iter()
        .find(|(_, imports)| imports.iter().all(|import| !left.contains_key(import)))
        .map(|(file, _)| file.clone())
    {
        left.remove(&file);
    }
    assert_eq!(left, BTreeMap::new(), "these files import each other");
}

/// The files that each file imports: every name is resolved through `pub use` to the file that defines it.
fn imports(sources: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let resolve = |path: &[&str], here: &str| resolve(sources, path, here, 0);
    let of = |(file, source): (&String, &String)| {
        let paths = paths(source);
        let found = paths.iter().filter_map(|path| {
            let path: Vec<&str> = path.split("::").collect();
            resolve(&path, file).filter(|found| found != file)
        });
        (file.clone(), found.collect())
    };
    sources.iter().map(of).collect()
}

/// Every path that begins with `crate` or `super`, one for each name of a group, and those of `pub use`.
fn paths(source: &str) -> Vec<String> {
    let code: String = code(source)
        .flat_map(|line| [line.split("//").next().unwrap_or_default(), " "])
        .collect();
    let mut found = Vec::new();
    for root in ["crate::", "super::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            expand("", &code[at..], &mut found);
        }
    }
    found
}

/// Expands `a::{b, c::d}` to `a::b` and `a::c::d`. Returns the rest of the text.
fn expand<'a>(prefix: &str, text: &'a str, found: &mut Vec<String>) -> &'a str {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let (path, rest) = text.split_at(end.unwrap_or(text.len()));
    let full = format!("{prefix}{path}");
    if path.ends_with("::") && rest.starts_with('{') {
        let mut rest = &rest[1..];
        loop {
            rest = expand(&full, rest, found).trim_start();
            match rest.chars().next() {
                Some(',') => rest = &rest[1..],
                Some('}') => return &rest[1..],
                _ => return rest,
            }
            if let Some(after) = rest.trim_start().strip_prefix('}') {
                return after;
            }
        }
    }
    found.push(full.trim_end_matches(':').to_owned());
    match rest.trim_start().strip_prefix("as ") {
        Some(name) => name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
        None => rest,
    }
}

/// The module of a file, `auth::store` for `auth/store/mod.rs`, and the file of a module.
fn module_of(file: &str) -> Vec<&str> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let parts = path.split('/').filter(|part| *part != "lib");
    parts.collect()
}

fn file_of(sources: &BTreeMap<String, String>, module: &[&str]) -> Option<String> {
    let path = module.join("/");
    let names = [format!("{path}.rs"), format!("{path}/mod.rs")];
    let root = module.is_empty().then(|| "lib.rs".to_owned());
    let file = names.into_iter().find(|name| sources.contains_key(name));
    root.or(file)
}

/// The file that defines what `path` names in the file `here`.
fn resolve(
    sources: &BTreeMap<String, String>,
    path: &[&str],
    here: &str,
    depth: usize,
) -> Option<String> {
    let mut module: Vec<&str> = module_of(here);
    let mut rest = path;
    while let [first, after @ ..] = rest {
        match *first {
            "crate" => module.clear(),
            "super" => drop(module.pop()),
            "self" => {}
            _ => break,
        }
        rest = after;
    }
    while let [first, after @ ..] = rest {
        module.push(first);
        if file_of(sources, &module).is_none() {
            module.pop();
            break;
        }
        rest = after;
    }
    let file = file_of(sources, &module)?;
    let Some(name) = rest.first().filter(|_| depth < 8) else {
        return Some(file);
    };
    // A name that the module re-exports.
    let handed_on = exports(&sources[&file]).into_iter().find_map(|export| {
        let export: Vec<&str> = export.split("::").collect();
        (export.last() == Some(name) && export.len() > 1)
            .then(|| resolve(sources, &export, &file, depth + 1))
            .flatten()
    });
    Some(handed_on.unwrap_or(file))
}

/// The paths of every `pub use`, resolved from the module that contains it.
fn exports(source: &str) -> Vec<String> {
    let code: String = code(source).flat_map(|line| [line, " "]).collect();
    let mut found = Vec::new();
    for (at, start) in code.match_indices("pub use ") {
        let rest = &code[at + start.len()..];
        let root = if rest.starts_with("crate::") || rest.starts_with("super::") {
            ""
        } else {
            "self::"
        };
        expand(root, rest, &mut found);
    }
    found
}

#[test]
fn only_one_file_puts_a_user_id_into_a_session() {
    for folder in ["app/src", "server/src"] {
        for (file, source) in sources(folder) {
            let writes =
                code(&source).any(|line| line.contains("SessionRow {") && !line.contains("struct"));
            // The store reads rows.
            let may = ["auth/login_user.rs", "auth/store/sessions.rs"].contains(&file.as_str());
            assert_eq!(writes, may, "{file}");
        }
    }
}

#[test]
fn only_one_file_writes_a_cookie() {
    for folder in ["app/src", "server/src"] {
        for (file, source) in sources(folder) {
            let writes = code(&source)
                .any(|line| line.contains("SET_COOKIE") || line.contains("\"set-cookie"));
            assert_eq!(writes, file == "auth/session/mod.rs", "{file}");
        }
    }
}

#[test]
fn only_one_file_names_a_database_engine() {
    for (file, source) in sources("app/src") {
        let names = code(&source).any(|line| line.to_lowercase().contains("sqlite"));
        assert_eq!(names, file == "database/engine.rs", "{file}");
    }
}

/// The modules that could become a separate crate.
#[test]
fn session_password_and_throttle_use_neither_user_nor_leptos() {
    for room in ["session", "password", "throttle"] {
        for (file, source) in sources(&format!("app/src/auth/{room}")) {
            for line in code(&source) {
                let knows = line.contains("leptos") || line.contains("users::User");
                assert!(!knows, "{room}/{file}: {line}");
            }
        }
    }
}

#[test]
fn feature_attributes_stand_only_on_mod_and_use_lines() {
    for folder in ["app/src", "frontend/src", "server/src"] {
        for (file, source) in sources(folder) {
            let lines: Vec<&str> = code(&source).collect();
            for pair in lines
                .windows(2)
                .filter(|pair| pair[0].contains("cfg(feature"))
            {
                let [_, next] = pair else { unreachable!() };
                let gates_module = next.contains("mod ") || next.starts_with("pub use ");
                assert!(
                    gates_module && file.ends_with("mod.rs") || file == "lib.rs",
                    "{file}: {next}"
                );
            }
            assert!(!source.contains("cfg_if"), "{file}");
        }
    }
}

// The types that hold a secret. Add a new one here.
assert_not_impl_any!(SigningKeys: Serialize);
assert_not_impl_any!(SecretString: Serialize, std::fmt::Display);
assert_not_impl_any!(AuthSession: Serialize, std::fmt::Debug);

#[test]
fn passwords_have_a_type_that_does_not_show_them() {
    let secret = SecretString::from("battery-staple-marker");
    assert!(!format!("{secret:?}").contains("battery"));

    // The password in a form is the only secret that is Serialize; the server keeps it as a SecretString.
    let sent: Password = serde_json::from_str("\"battery-staple-marker\"").unwrap();
    assert!(!format!("{sent:?}").contains("battery"));
    let token = FormValues::new([("token", "battery-staple-marker")]);
    assert!(!format!("{token:?}").contains("battery"));
    for (file, source) in sources("app/src") {
        // The password rules take a plain text, which they neither store nor show.
        let lines = code(&source).filter(|_| file != "auth/password/rules.rs");
        for line in lines.filter(|line| line.contains("password: ")) {
            let argument = line.trim_end().ends_with("password: Password,");
            assert!(
                argument || line.contains("SecretString") || line.contains("(password: Password)"),
                "{file}: {line}"
            );
        }
    }
}

#[test]
fn the_server_crate_has_no_query_server_function_or_password() {
    for (file, source) in sources("server/src") {
        for word in ["sqlx", "#[server", "hash_password"] {
            assert!(!source.contains(word), "{file} knows {word}");
        }
    }
}

#[test]
fn every_file_states_whether_it_belongs_to_the_core() {
    for (file, source) in sources("app/src") {
        let first = source.lines().next().unwrap_or_default();
        assert_eq!(
            first.starts_with("//! Core"),
            is_core(&file),
            "{file}: {first}"
        );
    }
}

#[test]
fn the_core_stays_small_enough_to_read_in_an_hour() {
    let sources = sources("app/src");
    for (file, source) in sources.iter().filter(|(file, _)| is_core(file)) {
        let lines = source.lines().count();
        assert!(lines <= 250, "{file}: {lines} lines");
    }
    let directly = sources.keys().filter(|file| {
        let rest = file.strip_prefix("auth/");
        rest.is_some_and(|rest| !rest.contains('/'))
    });
    assert!(directly.count() <= 14, "files directly in auth/");
}

/// A room states its rule in the first line of its `mod.rs`.
#[test]
fn every_room_states_its_rule_in_its_first_line() {
    for (file, source) in sources("app/src/auth") {
        if let Some(room) = file.strip_suffix("/mod.rs") {
            let first = source.lines().next().unwrap_or_default();
            assert!(first.contains("This room "), "{room}: {first}");
        }
    }
}

/// Queries are constant texts (ASVS 1.2.4). One file builds some, from the constant names of the app's columns.
#[test]
fn no_query_is_built_from_parts() {
    for (file, source) in sources("app/src") {
        let may = file == "auth/store/selection.rs";
        assert_eq!(source.contains("AssertSqlSafe"), may, "{file}");
    }
}

/// An `ActionForm` of the framework reads its error from the address, so that a link could put one on a page.
#[test]
fn forms_are_those_of_the_core() {
    for (file, source) in sources("app/src") {
        for of_the_framework in ["<ActionForm", "<MultiActionForm", "ServerAction::"] {
            let found = code(&source).any(|line| line.contains(of_the_framework));
            assert!(
                !found,
                "{file}: use PostForm in place of {of_the_framework}"
            );
        }
    }
}

/// Pages escape every text, also that of users (ASVS 3.2.2).
#[test]
fn no_page_inserts_unescaped_html() {
    for folder in ["app/src", "frontend/src"] {
        for (file, source) in sources(folder) {
            // The HTML of `still` is that of a view, which is escaped.
            let line = code(&source).find(|line| line.contains("inner_html"));
            assert!(line.is_none() || file == "auth/loading/still.rs", "{file}");
        }
    }
}

#[test]
fn every_test_file_has_a_mod_line() {
    let sources = sources("server/tests");
    let targets = fs::read_to_string(root().join("server/Cargo.toml")).expect("text");
    let is_list = |file: &str| file.ends_with("mod.rs") || file.ends_with("main.rs");
    for file in sources.keys().filter(|file| !is_list(file)) {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let module = format!("mod {};", name.trim_end_matches(".rs"));
        let lists = ["mod.rs", "main.rs"].map(|list| Path::new(folder).join(list));
        let named = lists.iter().any(|list| {
            let list = sources.get(&*list.display().to_string());
            list.is_some_and(|list| list.contains(&module))
        });
        let is_target = targets.contains(&format!("path = \"tests/{file}\""));
        assert!(named || is_target, "{file}");
    }
}

#[test]
fn every_form_with_a_password_is_a_post_form() {
    for (file, source) in sources("app/src") {
        let asks = source.contains(r#"kind="password""#) || source.contains("<NewPasswordField");
        if asks && file.starts_with("pages/") {
            let is_post_form = ["<PostForm", "<LinkForm"]
                .iter()
                .any(|tag| source.contains(tag));
            assert!(is_post_form, "{file}");
        }
        // Other forms, for uploads or for plain handlers, are POST forms, too.
        for form in source.split("<form").skip(1) {
            let tag = form.split('>').next().unwrap_or_default();
            assert!(tag.contains(r#"method="post""#), "{file}");
        }
    }
}
