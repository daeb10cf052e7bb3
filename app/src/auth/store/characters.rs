//! Core. Characters that are not seen themselves: which they are, and where writing needs them.
//!
//! The joiners stand where UAX 31 (2.3.1; UTS 39, 3.1.1) allows them, in the contexts A1, A2 and B, where the core specification
//! of Unicode adds some, and in emoji (UTS 51, 1.4.9). Anywhere else they would make two names that look the same. Letters of two
//! scripts never join, so all letters and marks of one context are of one script.

use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier, ExtendedPictographic,
    GeneralCategory, GeneralCategoryGroup, Ideographic, IndicSyllabicCategory, JoiningType, Script,
    VariationSelector,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
const EMOJI_STYLE: char = '\u{fe0f}';
const TEXT_STYLE: char = '\u{fe0e}';
const KEYCAP: char = '\u{20e3}';
const VOWEL_SEPARATOR: char = '\u{180e}';

const BLACK_FLAG: char = '🏴';
/// England, Scotland, Wales: the flags of tags that fonts have (RGI, UTS 51), each as it ends.
const FLAGS: [&str; 3] = ["gbeng\u{7f}", "gbsct\u{7f}", "gbwls\u{7f}"];

pub fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(
            category(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        )
}

/// Neither blank (as the Braille pattern without dots is) nor a mark on another character.
pub fn is_visible(c: char) -> bool {
    !is_invisible(c) && !is_any_mark(c) && !c.is_whitespace() && c != '\u{2800}'
}

/// A mark that takes no room of its own.
pub fn is_nonspacing_mark(c: char) -> bool {
    matches!(
        category(c),
        GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
    )
}

pub const fn is_joiner(c: char) -> bool {
    matches!(c, ZWNJ | ZWJ)
}

/// Whether the invisible character at `at` changes how those around it look.
pub fn has_effect(text: &[char], at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    match text[at] {
        ZWNJ => parts_cursive_letters(before, after) || parts_a_conjunct(before, after),
        ZWJ => {
            shows_a_half_form(before, after)
                || joins_before_a_virama(before, after)
                || joins_emoji(before, after)
        }
        VOWEL_SEPARATOR => {
            ends_with(before, is_mongolian_letter) && begins_with(after, is_mongolian_letter)
        }
        c if is_tag(c) => is_in_a_flag(text, at),
        c if CodePointSetData::new::<VariationSelector>().contains(c) => {
            ends_with(before, |before| has_variant(before, c, after))
        }
        _ => false,
    }
}

/// A1: between two letters that would join, as in Persian.
fn parts_cursive_letters(before: &[char], after: &[char]) -> bool {
    let seen = |c: &&char| joining_type(**c) != JoiningType::Transparent;
    let (Some(left), Some(right)) = (before.iter().rev().find(seen), after.iter().find(seen))
    else {
        return false;
    };
    let joins_left = matches!(
        joining_type(*left),
        JoiningType::DualJoining | JoiningType::LeftJoining
    );
    let joins_right = matches!(
        joining_type(*right),
        JoiningType::DualJoining | JoiningType::RightJoining
    );
    joins_left && joins_right && script(*left) == script(*right)
}

/// A2: after a virama, before a letter.
fn parts_a_conjunct(before: &[char], after: &[char]) -> bool {
    let next = after.iter().find(|c| !is_reordered_mark(**c));
    let is_letter_of =
        |script_before| next.is_some_and(|c| is_letter(*c) && script(*c) == script_before);
    script_of_the_virama(before).is_some_and(is_letter_of)
}

/// B: after a virama, at the end of a word as well: Sinhala, Malayalam, Marathi.
fn shows_a_half_form(before: &[char], after: &[char]) -> bool {
    let is_dependent_vowel = |c| {
        let category = CodePointMapData::<IndicSyllabicCategory>::new().get(c);
        category == IndicSyllabicCategory::VowelDependent
    };
    script_of_the_virama(before).is_some() && !begins_with(after, is_dependent_vowel)
}

/// The script of a letter, marks, and a virama after which at most marks with a combining class follow.
fn script_of_the_virama(before: &[char]) -> Option<Script> {
    let is_virama = |c: &char| combining_class(*c) == CanonicalCombiningClass::Virama;
    let marks = before.iter().rev().take_while(|c| is_any_mark(**c)).count();
    let (base, marks) = before.split_at(before.len() - marks);
    let virama = marks.iter().rposition(is_virama)?;
    let base = base.last().filter(|c| is_letter(**c))?;
    let joins = script(*base) == script(marks[virama])
        && marks[virama..].iter().all(|c| is_reordered_mark(*c));
    joins.then(|| script(*base))
}

/// Between a letter and its virama: Bengali and Kannada ra (Unicode 17, 12.2 and 12.8), and the touching letters of Sinhala (13.2).
fn joins_before_a_virama(before: &[char], after: &[char]) -> bool {
    let joins = |c| matches!(c, 'র' | 'ৰ' | 'ರ') || is_letter(c) && script(c) == Script::Sinhala;
    let ([.., letter], [virama, next, ..]) = (before, after) else {
        return false;
    };
    joins(*letter)
        && combining_class(*virama) == CanonicalCombiningClass::Virama
        && is_letter(*next)
        && [*virama, *next]
            .iter()
            .all(|c| script(*c) == script(*letter))
}

/// As in a family or a flag of several emoji.
fn joins_emoji(before: &[char], after: &[char]) -> bool {
    let is_emoji = |c| CodePointSetData::new::<ExtendedPictographic>().contains(c);
    let is_modifier =
        |c: char| c == EMOJI_STYLE || CodePointSetData::new::<EmojiModifier>().contains(c);
    let emoji = before.iter().rev().find(|c| !is_modifier(**c));
    emoji.is_some_and(|c| is_emoji(*c)) && begins_with(after, is_emoji)
}

/// An emoji in colour or as text, or the form of a letter, as of a kanji in a family name.
fn has_variant(c: char, selector: char, after: &[char]) -> bool {
    match selector {
        EMOJI_STYLE | TEXT_STYLE => {
            let is_keycap = begins_with(after, |c| c == KEYCAP);
            CodePointSetData::new::<Emoji>().contains(c) && (is_keycap || !c.is_ascii())
        }
        _ => {
            CodePointSetData::new::<Ideographic>().contains(c)
                || is_letter(c)
                    && matches!(
                        script(c),
                        Script::Mongolian | Script::Myanmar | Script::PhagsPa
                    )
        }
    }
}

fn is_in_a_flag(text: &[char], at: usize) -> bool {
    let start = text[..at].iter().rposition(|c| !is_tag(*c));
    let Some(start) = start.filter(|start| text[*start] == BLACK_FLAG) else {
        return false;
    };
    let tags = text[start + 1..].iter().take_while(|c| is_tag(**c));
    let letters = tags.filter_map(|c| char::from_u32(u32::from(*c) - 0xe0000));
    FLAGS.contains(&&*letters.collect::<String>())
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

fn is_letter(c: char) -> bool {
    GeneralCategoryGroup::Letter.contains(category(c))
}

fn is_mongolian_letter(c: char) -> bool {
    is_letter(c) && script(c) == Script::Mongolian
}

fn is_any_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(category(c))
}

/// UAX 31's M1.
fn is_reordered_mark(c: char) -> bool {
    category(c) == GeneralCategory::NonspacingMark
        && combining_class(c) != CanonicalCombiningClass::NotReordered
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

fn combining_class(c: char) -> CanonicalCombiningClass {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c)
}

fn joining_type(c: char) -> JoiningType {
    CodePointMapData::<JoiningType>::new().get(c)
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

fn ends_with(text: &[char], is: impl Fn(char) -> bool) -> bool {
    text.last().is_some_and(|c| is(*c))
}

fn begins_with(text: &[char], is: impl Fn(char) -> bool) -> bool {
    text.first().is_some_and(|c| is(*c))
}
