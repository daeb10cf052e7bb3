//! Core. Which texts may be shown to others, as a name or in several lines.
//!
//! Letters of every script and emoji are allowed. A text neither imitates another by what is not seen (UTS 39, 3.1) nor paints
//! over what is around it (UTS 39, 5.4). Its length is in characters as people count them: extended grapheme clusters (UAX 29).

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::characters::{has_effect, is_invisible, is_joiner, is_nonspacing_mark, is_visible};

/// The longest character, and all on average: a family has 25 bytes, two who kiss 35, a Devanagari syllable some 12.
const BYTES_OF_ONE: usize = 64;
const BYTES_EACH: usize = 32;

/// UTS 39, 5.4: no more in a row, and none twice.
const MARKS_IN_A_ROW: usize = 4;

/// `text` trimmed and composed (NFC), if it has 1 to `longest` characters and may be shown as a name: no control, direction or
/// invisible characters but where writing needs them, no towers of marks, and at least one visible character.
pub fn visible_text(text: &str, longest: usize) -> Option<String> {
    let text = within(text, longest)?;
    let chars: Vec<char> = text.chars().collect();
    let seen = |at: usize| !is_invisible(chars[at]) || has_effect(&chars, at);
    let based = chars.split(|c| c.is_whitespace());
    let mut based = based.filter_map(|word| word.first());
    let plain = (0..chars.len()).all(seen) && !based.any(|first| is_nonspacing_mark(*first));
    plain.then_some(text)
}

/// The same for several lines: line ends become `\n`, as browsers send other ones in a form than in a script's value, and tabs
/// are allowed, too. So are the invisible characters of pasted text, but not those that override the reading direction.
pub fn multiline_text(text: &str, longest: usize) -> Option<String> {
    let text = within(&text.replace("\r\n", "\n"), longest)?;
    let plain = |c: char| match c {
        '\n' | '\t' => true,
        '\u{202a}'..='\u{202e}' => false,
        c => !c.is_control(),
    };
    text.chars().all(plain).then_some(text)
}

/// `text` trimmed and composed, if it has a visible character and at most `longest` in all, and no mark paints over its
/// neighbours.
fn within(text: &str, longest: usize) -> Option<String> {
    let text = nfc(text, BYTES_EACH * longest)?;
    let mut characters = text.graphemes(true);
    let fits = characters.by_ref().take(longest).all(is_short) && characters.next().is_none();
    (fits && text.chars().any(is_visible) && has_room(&text)).then_some(text)
}

fn is_short(character: &str) -> bool {
    character.len() <= BYTES_OF_ONE
}

/// Whether no character has more marks than its line has room for. Decomposed, because a composed letter brings its own.
fn has_room(text: &str) -> bool {
    let mut row = Vec::new();
    text.nfd().filter(|c| !is_joiner(*c)).all(|c| {
        if !is_nonspacing_mark(c) {
            row.clear();
            return true;
        }
        let fits = row.len() < MARKS_IN_A_ROW && !row.contains(&c);
        row.push(c);
        fits
    })
}

/// Trimmed and composed: two keyboards may compose the same letters differently. The limit in bytes is checked before,
/// because composing takes time, and after, because some texts grow.
pub fn nfc(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let composed = (text.len() <= longest).then(|| text.nfc().collect::<String>())?;
    (composed.len() <= longest).then_some(composed)
}
