//! Core. All languages of a site, and which of them a visitor reads.

use std::sync::RwLock;
use std::time::SystemTime;
use std::{fs, iter};

use axum::http::{HeaderMap, header};

use super::catalog::{Catalog, Lists, Source};
use crate::half::is_watched;

/// How many language ranges of a request are read. Browsers send a few.
const RANGES_MAX: usize = 50;

/// The core's texts. Those of an app replace them.
const CORE: [Source; 2] = [
    Source {
        code: "en",
        file: "app/src/auth/texts/en.toml",
        text: include_str!("../auth/texts/en.toml"),
    },
    Source {
        code: "de",
        file: "app/src/auth/texts/de.toml",
        text: include_str!("../auth/texts/de.toml"),
    },
];

/// The languages of a site: those of its files, of which the first is for visitors who read none of the others. What a language
/// lacks is said in the first one.
#[derive(Debug)]
pub struct Languages {
    files: &'static [Source],
    lists: Lists,
    /// `cargo leptos watch` runs, so the files may change.
    watched: bool,
    now: RwLock<(Vec<Option<SystemTime>>, &'static [Catalog])>,
}

impl Languages {
    /// # Panics
    /// A file is no TOML of texts, or there is none.
    pub fn new(files: &'static [Source], lists: Lists) -> Self {
        assert!(!files.is_empty(), "a site has a language");
        let built = |source: &Source| source.text.to_owned();
        let catalogs = read_all(files, lists, built).unwrap_or_else(|error| panic!("{error}"));
        Self {
            files,
            lists,
            watched: is_watched(),
            now: RwLock::new((Vec::new(), catalogs)),
        }
    }

    /// # Panics
    /// Reading them has panicked before.
    pub fn all(&self) -> &'static [Catalog] {
        if self.watched {
            self.read_again();
        }
        self.now.read().expect("a read does not panic").1
    }

    /// The one with this code.
    pub fn named(&self, code: &str) -> Option<&'static Catalog> {
        self.all().iter().find(|language| language.code == code)
    }

    /// The one that the browser asks for, in the order of `Accept-Language` (RFC 9110, 12.5.4): for `de-AT` also `de`, and for `pt`
    /// also `pt-BR`.
    pub fn accepted(&self, headers: &HeaderMap) -> &'static Catalog {
        let all = self.all();
        let exactly = |tag: &str| all.iter().find(|has| has.code.eq_ignore_ascii_case(tag));
        let more_exact = |tag: &str| {
            all.iter()
                .find(|has| primary(has.code).eq_ignore_ascii_case(tag))
        };
        let mut found = wanted(headers).into_iter().filter_map(|(tag, _)| {
            let mut shorter = iter::successors(Some(tag), |tag| Some(tag.rsplit_once('-')?.0));
            shorter.find_map(exactly).or_else(|| more_exact(tag))
        });
        found.next().unwrap_or(&all[0])
    }

    /// In development: reads the files if one has changed. One that cannot be read leaves the texts as they are.
    fn read_again(&self) {
        let files = CORE.iter().chain(self.files);
        let changed = |source: &Source| fs::metadata(source.file).and_then(|file| file.modified());
        let times: Vec<_> = files.map(|source| changed(source).ok()).collect();
        if self.now.read().expect("a read does not panic").0 == times {
            return;
        }
        let on_disk = |source: &Source| {
            fs::read_to_string(source.file).unwrap_or_else(|_| source.text.to_owned())
        };
        // Reads before it takes the lock, so that requests are not blocked and a panic does not poison the lock.
        let read = read_all(self.files, self.lists, on_disk);
        let mut now = self
            .now
            .write()
            .expect("nothing panics while it is written");
        now.0 = times;
        match read {
            Ok(catalogs) => now.1 = catalogs,
            Err(error) => tracing::error!("{error}"),
        }
    }
}

/// The language of a tag without its region and script.
fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// The language tags of `Accept-Language` with their weights, those that the visitor wants most first.
fn wanted(headers: &HeaderMap) -> Vec<(&str, f32)> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).into_iter();
    let ranges = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    let mut wanted: Vec<_> = ranges.take(RANGES_MAX).filter_map(weighted).collect();
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wanted
}

/// `de;q=0.5`. A weight of zero is "not acceptable".
fn weighted(range: &str) -> Option<(&str, f32)> {
    let (tag, weight) = match range.split_once(';') {
        Some((tag, weight)) => (tag, weight.trim().strip_prefix("q=")?.parse().ok()?),
        None => (range, 1.0),
    };
    (weight > 0.0 && weight <= 1.0).then_some((tag.trim(), weight))
}

/// A catalog for each of `files`. Its own texts replace those of the first language, and these replace the English ones; of each
/// language, the app's texts replace the core's.
fn read_all(
    files: &[Source],
    lists: Lists,
    content: impl Fn(&Source) -> String,
) -> Result<&'static [Catalog], String> {
    let first = files[0].code;
    let of = |code: &str| {
        let core = CORE
            .iter()
            .filter(move |source| source.code == primary(code));
        let app = files.iter().filter(move |source| source.code == code);
        let both = core.chain(app).map(|source| (*source, content(source)));
        both.collect::<Vec<_>>()
    };
    let mut languages: Vec<&str> = Vec::new();
    for file in files {
        if !languages.contains(&file.code) {
            languages.push(file.code);
        }
    }
    let catalogs = languages.into_iter().map(|code| {
        // English for a text that neither the first language nor this one has.
        let mut codes = vec!["en", first, code];
        codes.dedup();
        let texts: Vec<_> = codes.into_iter().flat_map(of).collect();
        Catalog::read(code, &texts, lists)
    });
    let catalogs: Vec<_> = catalogs.collect::<Result<_, _>>()?;
    Ok(catalogs.leak())
}
