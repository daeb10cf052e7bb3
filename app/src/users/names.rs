//! Yours. What a user may be called: the name that is shown, and the address that is compared.

use email_address::{EmailAddress, Options};
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::{UnicodeNormalization, is_nfkc};

use crate::auth::AuthError;
use crate::auth::config::{EMAIL_MAX, NAME_MAX};

/// An address as it was typed, and what all spellings of it have in common. Made here and never by the database: the
/// engines disagree on lower case beyond ASCII.
pub(super) struct Email {
    pub typed: String,
    pub key: String,
}

impl Email {
    pub fn read(typed: &str) -> Result<Self, AuthError> {
        Self::parse(typed).ok_or(AuthError::InvalidEmail)
    }

    fn parse(typed: &str) -> Option<Self> {
        // What is another character in disguise (full width, the Kelvin sign, ligatures) is refused and not replaced:
        // nobody has such an address, and a replaced one would be somebody else's.
        let itself = |c: char| is_nfkc(c.encode_utf8(&mut [0; 4]));
        let plain = |c: char| itself(c) && !c.is_whitespace() && !is_unseen(c);
        let typed = typed.trim();
        if typed.len() > EMAIL_MAX || !typed.chars().all(plain) {
            return None;
        }
        let typed = nfc(typed, EMAIL_MAX)?;
        if !is_nfkc(&typed) || !is_address(&typed) {
            return None;
        }
        let (local, domain) = typed.rsplit_once('@')?;
        // Two letters that one capital has.
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

/// `local@domain` and nothing around it. A local part in quotes is the same mailbox without them (RFC 5321, 4.1.2), and
/// one mailbox is one account; a number in brackets is no domain, and neither is what is still encoded.
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

pub(super) fn valid_name(name: &str) -> Result<String, AuthError> {
    shown(name, NAME_MAX).ok_or(AuthError::InvalidName)
}

/// A text of 1 to `longest` characters that shows what it holds and turns nothing around it: no control, no direction
/// mark, nothing without a width, and at least one sign that is ink on its own.
pub(super) fn shown(text: &str, longest: usize) -> Option<String> {
    let text = nfc(text, 4 * longest)?;
    let fits = text.chars().count() <= longest;
    let mut before = ' ';
    let plain = text.chars().all(|c| {
        let before = std::mem::replace(&mut before, c);
        !is_unseen(c) || picks_a_variant(c) && !before.is_ascii_alphabetic()
    });
    (text.chars().any(is_ink) && fits && plain).then_some(text)
}

/// Without spaces around it, and composed: the same letters typed on two keyboards are one text. The bound in bytes
/// comes first, because composing takes time of its own, and once more after it, because some texts grow.
fn nfc(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let composed = (text.len() <= longest).then(|| text.nfc().collect::<String>())?;
    (composed.len() <= longest).then_some(composed)
}

fn is_unseen(c: char) -> bool {
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

/// Neither blank (as the Braille pattern of no dots is) nor a mark on another character.
fn is_ink(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_mark = matches!(
        category,
        GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
            | GeneralCategory::EnclosingMark
    );
    !is_unseen(c) && !is_mark && !c.is_whitespace() && c != '\u{2800}'
}

/// Says how the character before it looks: a heart in colour, and the kanji that a family writes its name with.
fn picks_a_variant(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}
