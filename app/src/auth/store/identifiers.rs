//! Core. Identifiers: when two e-mail addresses are one account, and which texts may be shown as a name.

use email_address::{EmailAddress, Options};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::{UnicodeNormalization, is_nfkc};

use crate::auth::config::EMAIL_MAX;
use crate::auth::error::AuthError;

/// An address as it was typed, and the key that all its spellings share. Computed here and not by the database: the engines
/// disagree on lower case beyond ASCII.
pub struct Email {
    pub typed: String,
    pub key: String,
}

impl Email {
    /// # Errors
    /// [`AuthError::InvalidEmail`].
    pub fn read(typed: &str) -> Result<Self, AuthError> {
        Self::parse(typed).ok_or(AuthError::InvalidEmail)
    }

    fn parse(typed: &str) -> Option<Self> {
        // A compatibility character (full width, the Kelvin sign, ligatures) is refused and not replaced: no real address
        // has one, and the replaced address would belong to another person.
        let itself = |c: char| is_nfkc(c.encode_utf8(&mut [0; 4]));
        let plain = |c: char| itself(c) && !c.is_whitespace() && !is_invisible(c);
        let typed = typed.trim();
        if typed.len() > EMAIL_MAX || !typed.chars().all(plain) {
            return None;
        }
        let typed = nfc(typed, EMAIL_MAX)?;
        if !is_nfkc(&typed) || !is_address(&typed) {
            return None;
        }
        let (local, domain) = typed.rsplit_once('@')?;
        // Capital sigma has two lower-case letters.
        let local = local
            .to_lowercase()
            .replace('ς', "σ")
            .nfc()
            .collect::<String>();
        let domain = idna::domain_to_ascii(domain).ok()?;
        let key = format!("{local}@{domain}");
        (key.len() <= EMAIL_MAX && is_address(&key)).then_some(Self { typed, key })
    }
}

/// `local@domain` and nothing around it. A quoted local part is the same mailbox without the quotes (RFC 5321, 4.1.2), and
/// one mailbox is one account; an address literal in brackets is no domain, and neither is a percent-encoded one.
fn is_address(text: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal();
    !text.contains('"')
        && text
            .rsplit('@')
            .next()
            .is_some_and(|domain| !domain.contains('%'))
        && EmailAddress::parse_with_options(text, options).is_ok()
}

/// `text` trimmed and composed (NFC), if it has 1 to `longest` characters and cannot imitate another text: no control, direction
/// or zero-width characters, and at least one visible one.
pub fn visible_text(text: &str, longest: usize) -> Option<String> {
    let text = nfc(text, 4 * longest)?;
    let fits = text.chars().count() <= longest;
    let mut before = ' ';
    let plain = text.chars().all(|c| {
        let before = std::mem::replace(&mut before, c);
        !is_invisible(c) || is_variation_selector(c) && !before.is_ascii_alphabetic()
    });
    (text.chars().any(is_visible) && fits && plain).then_some(text)
}

/// The same for several lines: line ends become `\n`, as browsers send other ones in a form than in a script's value, and tabs
/// are allowed, too.
pub fn multiline_text(text: &str, longest: usize) -> Option<String> {
    let text = nfc(&text.replace("\r\n", "\n"), 4 * longest)?;
    let fits = text.chars().count() <= longest;
    let plain = text
        .chars()
        .all(|c| matches!(c, '\n' | '\t') || !c.is_control());
    (fits && plain && text.chars().any(is_visible)).then_some(text)
}

/// Trimmed and composed: two keyboards may compose the same letters differently. The limit in bytes is checked before,
/// because composing takes time, and after, because some texts grow.
fn nfc(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let composed = (text.len() <= longest).then(|| text.nfc().collect::<String>())?;
    (composed.len() <= longest).then_some(composed)
}

fn is_invisible(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(
            category,
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
}

/// Neither blank (as the Braille pattern without dots is) nor a mark on another character.
fn is_visible(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_mark = matches!(
        category,
        GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
            | GeneralCategory::EnclosingMark
    );
    !is_invisible(c) && !is_mark && !c.is_whitespace() && c != '\u{2800}'
}

/// Selects how the character before it looks: an emoji in colour, or the form of a kanji in a family name.
fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}
