//! Yours. The languages of the site: a file and an entry for each.

use std::sync::LazyLock;

use strum::VariantNames;

use super::{PHRASES, Phrase};
use crate::language::{Languages, Source};

/// The first is for visitors who read none of them.
pub static LANGUAGES: LazyLock<Languages> =
    LazyLock::new(|| Languages::new(FILES, &[(PHRASES, Phrase::VARIANTS)]));

/// A language may have several.
const FILES: &[Source] = &[
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
    Source {
        code: "en",
        file: "app/src/mail/texts/en.toml",
        text: include_str!("../mail/texts/en.toml"),
    },
    Source {
        code: "de",
        file: "app/src/mail/texts/de.toml",
        text: include_str!("../mail/texts/de.toml"),
    },
];
