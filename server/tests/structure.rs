//! What must stay true of the source while people change it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use app::auth::{Password, Session, SigningKeys, Typed};
use secrecy::SecretString;
use serde::Serialize;
use static_assertions::assert_not_impl_any;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file below `folder`, by its path from there.
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

/// The lines of code: no comments.
fn code(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

/// The files of `auth/` that are compiled for the server only.
fn server_only() -> Vec<String> {
    let sources = sources("app/src/auth");
    let lines: Vec<&str> = sources["mod.rs"].lines().collect();
    let gated = lines
        .windows(2)
        .filter(|pair| pair[0] == r#"#[cfg(feature = "ssr")]"#);
    let names = gated.filter_map(|pair| pair[1].split("mod ").nth(1));
    names.map(|name| name.replace(';', ".rs")).collect()
}

#[test]
fn the_core_imports_nothing_of_the_app_but_its_users() {
    for (file, source) in sources("app/src/auth") {
        for line in code(&source).filter(|line| line.contains("crate::")) {
            assert!(line.contains("crate::users::"), "{file}: {line}");
        }
    }
}

#[test]
fn only_the_login_manager_puts_a_user_id_into_a_session() {
    for folder in ["app/src", "server/src"] {
        for (file, source) in sources(folder) {
            let writes =
                code(&source).any(|line| line.contains("SessionRow {") && !line.contains("struct"));
            // The store reads rows back.
            let may = ["auth/login_manager.rs", "users/sessions.rs"].contains(&file.as_str());
            assert_eq!(writes, may, "{file}");
        }
    }
}

#[test]
fn only_session_rs_writes_a_cookie() {
    for folder in ["app/src", "server/src"] {
        for (file, source) in sources(folder) {
            let writes = code(&source)
                .any(|line| line.contains("SET_COOKIE") || line.contains("\"set-cookie"));
            assert_eq!(writes, file == "auth/session.rs", "{file}");
        }
    }
}

#[test]
fn only_one_file_names_an_engine() {
    let names = |source: &str| code(source).any(|line| line.to_lowercase().contains("sqlite"));
    assert!(names(&sources("app/src")["database.rs"]));
    for folder in ["app/src/auth", "app/src/security", "app/src/users"] {
        for (file, source) in sources(folder) {
            assert!(!names(&source), "{file}");
        }
    }
}

#[test]
fn the_core_s_server_files_know_no_leptos_except_the_bridge() {
    let sources = sources("app/src/auth");
    let server_only = server_only();
    assert!(server_only.len() >= 6, "{server_only:?}");
    for file in server_only {
        let knows = code(&sources[&file]).any(|line| line.contains("leptos"));
        assert_eq!(knows, file == "server_function.rs", "{file}");
    }
}

#[test]
fn a_half_is_chosen_on_mod_lines_and_nowhere_else() {
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

// The types that hold a secret. A new one belongs here.
assert_not_impl_any!(SigningKeys: Serialize);
assert_not_impl_any!(SecretString: Serialize, std::fmt::Display);
assert_not_impl_any!(Session: Serialize, std::fmt::Debug);

#[test]
fn no_type_that_holds_a_secret_shows_it_and_passwords_are_of_such_a_type() {
    let secret = SecretString::from("battery-staple-marker");
    assert!(!format!("{secret:?}").contains("battery"));

    // What a form sends is the one secret that is Serialize, and the server keeps it as a SecretString.
    let sent: Password = serde_json::from_str("\"battery-staple-marker\"").unwrap();
    assert!(!format!("{sent:?}").contains("battery"));
    let token = Typed::new([("token", "battery-staple-marker")]);
    assert!(!format!("{token:?}").contains("battery"));
    for (file, source) in sources("app/src") {
        // The rule for the eyes of both sides: it stores and shows nothing.
        let lines = code(&source).filter(|_| file != "auth/password_rules.rs");
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
fn server_holds_no_query_no_server_function_and_no_password() {
    for (file, source) in sources("server/src") {
        for word in ["sqlx", "#[server", "hash_password"] {
            assert!(!source.contains(word), "{file} knows {word}");
        }
    }
}

#[test]
fn files_of_the_core_say_so() {
    for (file, source) in sources("app/src") {
        let first = source.lines().next().unwrap_or_default();
        let is_core = file.starts_with("auth/") || file.starts_with("security/");
        assert_eq!(first.starts_with("//! Core"), is_core, "{file}: {first}");
    }
}

#[test]
fn no_file_of_the_core_is_too_long_to_read() {
    for (file, source) in sources("app/src/auth") {
        assert!(source.lines().count() <= 250, "{file}");
    }
}

/// Queries are texts that nobody types into (ASVS 1.2.4).
#[test]
fn no_query_is_put_together_from_parts() {
    for (file, source) in sources("app/src") {
        assert!(!source.contains("AssertSqlSafe"), "{file}");
    }
}

/// What a page shows is text, whoever wrote it (ASVS 3.2.2).
#[test]
fn no_page_holds_what_is_markup_by_its_own_account() {
    for folder in ["app/src", "frontend/src"] {
        for (file, source) in sources(folder) {
            let line = code(&source).find(|line| line.contains("inner_html"));
            assert_eq!(line, None, "{file}");
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let sources = sources("server/tests");
    let is_list = |file: &str| file.ends_with("mod.rs") || file.ends_with("main.rs");
    for file in sources.keys().filter(|file| !is_list(file)) {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let module = format!("mod {};", name.trim_end_matches(".rs"));
        let lists = ["mod.rs", "main.rs"].map(|list| Path::new(folder).join(list));
        let named = lists.iter().any(|list| {
            let list = sources.get(&*list.display().to_string());
            list.is_some_and(|list| list.contains(&module))
        });
        assert!(named, "{file}");
    }
}

#[test]
fn every_form_with_a_password_is_a_post_form() {
    for (file, source) in sources("app/src") {
        let asks = source.contains(r#"kind="password""#) || source.contains("<NewPasswordField");
        if asks && file.starts_with("pages/") {
            assert!(source.contains("<ActionForm"), "{file}");
        }
        assert!(!source.contains("<form"), "{file}");
    }
}
