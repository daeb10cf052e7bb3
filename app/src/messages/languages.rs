//! Yours. The languages of the site: a file and an entry for each.

use std::sync::LazyLock;

use strum::VariantNames;

use super::{PHRASES, Phrase};
use crate::language::{Languages, Source};

/// The first is for visitors who read none of them.
pub static LANGUAGES: LazyLock<Languages> =
    LazyLock::new(|| Languages::new(&FILES, &[(PHRASES, Phrase::VARIANTS)]));

const FILES: [Source; 2] = [
    Source {
        code: "en",
        file: "app/src/messages/en.toml",
        text: include_str!("en.toml"),
    },
    Source {
        code: "de",
        file: "app/src/messages/de.toml",
        text: include_str!("de.toml"),
    },
];
