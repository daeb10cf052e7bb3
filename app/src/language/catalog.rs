//! Core. All texts of a language, read from TOML: `[section]`, `name = "text"`, and for a text with a number a table of its plural
//! forms, `name = { one = "..", other = ".." }`.

use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};
use serde::Deserialize;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use super::Names;
use super::fill::filled;
use crate::auth::config::{
    NAME_MAX, PASSWORD_MAX, PASSWORD_MIN, TEXTS_PATH, TOKEN_DAYS_MAX, TOKEN_NAME_MAX, TOKENS_MAX,
};

/// The sections whose texts only the server uses. Browsers do not get them.
const SERVER: [&str; 2] = ["server", "mail"];

/// A file of texts.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The language tag (BCP 47), as in `<html lang>`.
    pub code: &'static str,
    /// From the project's folder. `cargo leptos watch` shows changes of it without a build.
    pub file: &'static str,
    /// The content when the program was built.
    pub text: &'static str,
}

/// The content of a file.
#[derive(Deserialize)]
struct Content {
    /// What the language calls itself.
    language: Option<String>,
    /// `rtl`, if it is written from right to left.
    direction: Option<String>,
    #[serde(flatten)]
    sections: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    PluralForms(BTreeMap<String, String>),
}

/// Sections whose texts browsers get as a list: the order of their names.
pub type Lists = &'static [(&'static str, Names)];

/// The texts by section and name. The name of a plural form is `name.form`.
type Sections = HashMap<String, HashMap<String, &'static str>>;

/// One language. Lives as long as the program.
#[derive(Debug)]
pub struct Catalog {
    pub code: &'static str,
    pub name: String,
    /// `rtl`, if it is written from right to left.
    pub direction: Option<String>,
    locale: Locale,
    sections: Sections,
    /// What browsers get: JSON, `{"language": "de", "section": {"name": "text"}}`. A section with a list of names is
    /// `["text", ..]`, and a text with plural forms is `{"one": "text", ..}`.
    pub(super) sent: Vec<u8>,
    /// Where browsers get it. It changes with the content, so the file can be cached for ever.
    pub url: String,
}

impl Catalog {
    /// The texts of `files`, of which later ones replace those of earlier ones.
    ///
    /// # Errors
    /// A file is not as described above.
    pub(super) fn read(
        code: &'static str,
        files: &[(Source, String)],
        lists: Lists,
    ) -> Result<Self, String> {
        let locale = code.parse();
        let locale = locale.map_err(|_| format!("`{code}` is not a language tag"))?;
        let mut catalog = Self {
            code,
            locale,
            name: code.to_owned(),
            direction: None,
            sections: Sections::new(),
            sent: Vec::new(),
            url: String::new(),
        };
        for (source, text) in files {
            let content: Result<Content, _> = toml::from_str(text);
            let content = content.map_err(|error| format!("{}: {error}", source.file))?;
            if source.code == code {
                catalog.name = content.language.unwrap_or(catalog.name);
                catalog.direction = content.direction.or(catalog.direction);
            }
            catalog.add(content.sections);
        }
        catalog.sent = catalog.for_browsers(lists).to_string().into_bytes();
        let hash = Sha256::digest(&catalog.sent);
        let hash = BASE64_URL_SAFE_NO_PAD.encode(&hash[..9]);
        catalog.url = format!("{TEXTS_PATH}{code}.{hash}.json");
        Ok(catalog)
    }

    fn add(&mut self, sections: BTreeMap<String, BTreeMap<String, Entry>>) {
        for (section, texts) in sections {
            let section = self.sections.entry(section).or_default();
            for (name, entry) in texts {
                // What it replaces may have been of the other kind.
                section.retain(|known, _| known.split('.').next() != Some(&name));
                match entry {
                    Entry::Text(text) => drop(section.insert(name, with_limits(&text))),
                    Entry::PluralForms(forms) => section.extend(
                        forms
                            .into_iter()
                            .map(|(form, text)| (format!("{name}.{form}"), with_limits(&text))),
                    ),
                }
            }
        }
    }

    fn for_browsers(&self, lists: Lists) -> serde_json::Value {
        let sections = self
            .sections
            .iter()
            .filter(|(section, _)| !SERVER.contains(&section.as_str()));
        let sections = sections.map(|(section, texts)| {
            let mut entries = Map::new();
            for (name, text) in texts {
                match name.split_once('.') {
                    None => drop(entries.insert(name.clone(), json!(text))),
                    Some((name, form)) => {
                        entries.entry(name).or_insert_with(|| json!({}))[form] = json!(text);
                    }
                }
            }
            let list = lists.iter().find(|(listed, _)| listed == section);
            let entries = match list {
                Some((_, names)) => {
                    let listed = names
                        .iter()
                        .map(|name| entries.remove(*name).unwrap_or_default());
                    serde_json::Value::Array(listed.collect())
                }
                None => entries.into(),
            };
            (section.clone(), entries)
        });
        let language = ("language".to_owned(), json!(self.code));
        sections.chain([language]).collect()
    }

    pub(super) fn find(&self, section: &str, name: &str) -> Option<&'static str> {
        self.sections.get(section)?.get(name).copied()
    }

    /// The section, the name and the text of all texts.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str, &'static str)> {
        self.sections.iter().flat_map(|(section, texts)| {
            let texts = texts.iter();
            texts.map(move |(name, text)| (section.as_str(), name.as_str(), *text))
        })
    }

    /// CLDR's name of the plural form for `count`.
    pub(super) fn plural(&self, count: i64) -> &'static str {
        let options = PluralRulesOptions::default();
        let rules = PluralRules::try_new((&self.locale).into(), options).ok();
        match rules.map(|rules| rules.category_for(count)) {
            Some(PluralCategory::Zero) => "zero",
            Some(PluralCategory::One) => "one",
            Some(PluralCategory::Two) => "two",
            Some(PluralCategory::Few) => "few",
            Some(PluralCategory::Many) => "many",
            Some(PluralCategory::Other) | None => "other",
        }
    }
}

/// `text` with the login's limits, which texts name in capitals.
fn with_limits(text: &str) -> &'static str {
    let limits = [
        ("NAME_MAX", NAME_MAX.to_string()),
        ("PASSWORD_MIN", PASSWORD_MIN.to_string()),
        ("PASSWORD_MAX", PASSWORD_MAX.to_string()),
        ("TOKEN_NAME_MAX", TOKEN_NAME_MAX.to_string()),
        ("TOKEN_DAYS_MAX", TOKEN_DAYS_MAX.to_string()),
        ("TOKENS_MAX", TOKENS_MAX.to_string()),
    ];
    let limits = limits.each_ref().map(|(name, limit)| (*name, &**limit));
    filled(text, &limits).leak()
}
