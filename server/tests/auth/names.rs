//! Names and texts that are shown to others: the letters of living scripts and emoji are accepted, and what is not seen or
//! paints over the page is not (UAX 31, UTS 39, UTS 51).

use app::auth::{multiline_text, visible_text};
use proptest::prelude::*;

use crate::support::site::site;
use crate::support::visitor::{email, password};

/// Each as it is written, and stored, in NFC.
const GOOD: [&str; 50] = [
    // Joiners: Persian, Urdu, Sinhala, Malayalam, Marathi, Nepali, Bengali, Kannada.
    "نامه\u{200c}ای",
    "می\u{200c}خواهم",
    "علی\u{200c}رضا",
    "خواب\u{200c}ها",
    "ශ\u{dca}\u{200d}රී",
    "ක්\u{200d}රිෂ්ණ",
    "ක\u{200d}්ෂ",
    "അവന\u{d4d}\u{200d}",
    "പാല\u{d4d}\u{200d} കുമാര\u{d4d}\u{200d}",
    "അവൻ",
    "दऱ\u{94d}\u{200d}या",
    "प\u{94d}\u{200c}फ",
    "क\u{94d}\u{200d}ष",
    "র\u{200d}\u{9cd}যাচেল",
    "ক\u{9cd}\u{200c}ষ",
    "ರ\u{200d}\u{ccd}ಕ",
    // Marks: Bengali, Tamil, Telugu, Gujarati, Gurmukhi, Khmer, Thai, Lao, Burmese, Tibetan, Vietnamese, Yoruba.
    "শ্রীকৃষ্ণ",
    "க்ஷ்மி",
    "శ్రీనివాస్",
    "શ્રીકૃષ્ણ",
    "ਗੁਰਪ੍ਰੀਤ",
    "ស្រីមុំ",
    "ខ្ញុំ",
    "ผู้ใหญ่กี้",
    "ຂ້ອຍ",
    "မြန်မာ လျှို့",
    "བཀྲ་ཤིས་བདེ་ལེགས",
    "ཧཱུྃ",
    "Nguyễn Thị Ngọc Hiếu",
    "Ọlọ\u{301}run",
    "Ẹ\u{300}ṣọ\u{301}",
    // Hebrew with niqqud, Arabic with harakat.
    "שָׁלוֹם",
    "מֹשֶׁה בֶּן־יִשַּׁי",
    "مُحَمَّدٌ",
    "اللّٰه",
    // Others without either.
    "佐藤 Müller",
    "葛\u{e0100}飾",
    "김철수",
    "Ἀριστοτέλης",
    "Владимир",
    "ابوالفضل",
    "ᠮᠣᠩᠭ\u{180b}ᠣᠯ",
    "ዮሐንስ",
    // Emoji: a family, one with colours of skin, two styles, a flag of two, of tags, of letters, and a keycap.
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "👩🏽\u{200d}🚀 Ada",
    "❤\u{fe0f}\u{200d}🔥 ☺\u{fe0e}",
    "🏳\u{fe0f}\u{200d}🌈",
    "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "🇫🇷",
    "1\u{fe0f}\u{20e3}",
];

const BAD: [&str; 54] = [
    // Joiners between letters that do not join, at the ends, doubled, and beside spaces.
    "Ali\u{200d}ce",
    "Ali\u{200c}ce",
    "\u{200d}Alice",
    "Alice\u{200d}",
    "\u{200c}نامه",
    "نامه\u{200c}",
    "نامه\u{200c}\u{200c}ای",
    "نامه\u{200d}ای",
    "ا\u{200c}ن",
    "نامه\u{200c} ای",
    "क\u{200d}ष",
    "क\u{200c}ष",
    "क\u{94d}\u{200d}\u{200d}ष",
    "क\u{94d}\u{200c}\u{200d}ष",
    "क\u{94d}\u{200d}ि",
    "क\u{94d}\u{200c}",
    "\u{94d}\u{200d}",
    "ক\u{200d}\u{9cd}য",
    "Ж\u{200d}К",
    "👨\u{200d}",
    "👨\u{200d}\u{200d}👧",
    "👨\u{200d}A",
    "A\u{200d}👨",
    // Joiners between two scripts: the letter before, the virama or the letter after is of another one.
    "ن\u{dca}\u{200c}a",
    "ක\u{dca}\u{200c}a",
    "ක\u{94d}\u{200c}ක",
    "a\u{dca}\u{200d}ක",
    "ن\u{200c}ᠮ",
    "র\u{200d}\u{dca}ක",
    // Variation selectors and tags that change nothing.
    "A\u{fe0f}lice",
    "é\u{fe0f}",
    "1\u{fe0f}2",
    "❤\u{fe0f}\u{fe0f}",
    "Ж\u{e0100}",
    "🏴\u{e0067}\u{e0062}",
    "🏴\u{e0078}\u{e0079}\u{e007a}\u{e007f}",
    "A\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "Alice\u{e0041}",
    // Marks: five, one twice, none below them, one on a space; an old Mongolian vowel separator on its own.
    "e\u{301}\u{302}\u{303}\u{304}\u{306}",
    "é\u{302}\u{303}\u{304}\u{306}",
    "e\u{301}\u{301}",
    "é\u{301}",
    "e\u{301}\u{302}\u{301}",
    "\u{301}\u{302}A",
    "A \u{301}",
    "A\u{180e}B",
    // Zalgo.
    "Z\u{351}\u{36b}\u{343}\u{36a}\u{302}\u{36b}A\u{34f}LGO",
    "T̸͔̙̠̗̈́̀͘o̵̢͓͐͝m̶̨̛͈̗",
    // Direction, and nothing to see.
    "\u{202e}Alice",
    "Alice\u{202c}",
    "\u{2066}Alice\u{2069}",
    "\u{200f}",
    "\u{200b}",
    "\u{3164}\u{200d}\u{fe0f}",
];

#[test]
fn names_of_living_scripts_and_emoji_are_accepted() {
    for name in GOOD {
        assert_eq!(
            visible_text(name, 100).as_deref(),
            Some(name),
            "{name} {name:?}"
        );
        let text = format!("{name}\n\t{name}");
        assert_eq!(
            multiline_text(&text, 300).as_deref(),
            Some(&*text),
            "{name}"
        );
    }
}

#[test]
fn names_with_what_is_not_seen_or_paints_over_others_are_refused() {
    for name in BAD {
        assert_eq!(visible_text(name, 100), None, "{name:?}");
        assert_eq!(
            visible_text(&format!("Ada {name} Ada"), 100),
            None,
            "{name:?}"
        );
    }
    for count in [5, 64] {
        let marks: String = ('\u{300}'..).take(count).collect();
        assert_eq!(visible_text(&format!("A{marks}"), 100), None);
        assert_eq!(multiline_text(&format!("A\nA{marks}"), 100), None);
        assert_eq!(
            multiline_text(&"A\u{301}".replace('\u{301}', &marks), 100),
            None
        );
    }
    assert_eq!(multiline_text("one\n\u{202e}two", 100), None);
    // The Braille pattern without dots is a letter, but not alone.
    assert_eq!(visible_text("\u{2800}", 100), None);
}

/// A family of four is one character, and so is a letter with its marks. A limit in bytes remains.
#[test]
fn a_length_is_in_characters_as_people_count_them() {
    for character in ["👨\u{200d}👩\u{200d}👧", "e\u{301}", "क्षि", "🇫🇷", "x", "각"]
    {
        for (count, fits) in [(1, true), (20, true), (21, false)] {
            let name = character.repeat(count);
            assert_eq!(
                visible_text(&name, 20).is_some(),
                fits,
                "{count} {character}"
            );
            assert_eq!(
                multiline_text(&name, 20).is_some(),
                fits,
                "{count} {character}"
            );
        }
    }
    for long in [
        "👩\u{200d}".repeat(50) + "👩",
        "\u{1100}".repeat(50),
        "क".to_owned() + &"ा".repeat(60),
    ] {
        assert_eq!(visible_text(&long, 100), None, "one of many bytes: {long}");
    }
    assert_eq!(
        visible_text(&"👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏻".repeat(100), 100),
        None
    );
}

#[tokio::test]
async fn a_sign_up_and_an_access_token_follow_the_rules() {
    let site = site().await;
    let sign_up = async |name: &str, person: &str| {
        let (email, password) = (email(person), password(person));
        let fields = [("name", name), ("email", &*email), ("password", &*password)];
        site.visitor().call("/api/signup", &fields).await.body
    };
    let family = "👨\u{200d}👩\u{200d}👧";
    assert_eq!(
        sign_up("Z\u{351}\u{36b}\u{343}\u{36a}\u{302}", "Bob").await,
        r#""invalid_name""#
    );
    assert_eq!(sign_up(family, "Ada").await, "null");
    let mut ada = site.visitor();
    ada.log_in("Ada").await.leads_to("/");
    ada.visit("/account").await.shows(family);
    ada.create_token("نامه\u{200c}ای").await;
    let fields = [("token_name", "CI\u{200d}"), ("days", "30")];
    let refused = ada.call("/api/create_token", &fields).await;
    assert_eq!(refused.body, r#""invalid_token_name""#);
}

/// Texts of the pieces that matter, in any order.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "a", "é", "e\u{301}", " ", "\n", "ن", "ا", "क", "\u{94d}", "ि", "ක", "\u{dca}", "ന", "\u{d4d}", "র",
            "\u{9cd}", "\u{200c}", "\u{200d}", "\u{fe0f}", "\u{fe0e}", "👩", "🏽", "❤", "🏴", "\u{e0067}", "\u{e007f}",
            "1", "\u{20e3}", "\u{300}", "\u{302}", "\u{323}", "\u{64b}", "葛", "\u{e0100}", "\u{180b}", "ᠮ", "\u{180e}",
            "\u{202e}", "\u{34f}", "\u{1100}", "\u{1161}", "\u{3164}", "\u{344}", "\u{f73}", "\u{2000}",
        ]).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Invisible wherever it stands, but for the characters that a context can allow.
fn may_be_seen(c: char) -> bool {
    let joins =
        matches!(c, '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}');
    let invisible = matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}' | '\u{e0001}' | '\u{e0080}'..='\u{e00ff}');
    joins || !invisible && !c.is_control()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn an_accepted_name_is_accepted_again_and_nothing_in_it_is_invisible(text in texts()) {
        if let Some(name) = visible_text(&text, 8) {
            prop_assert_eq!(visible_text(&name, 8), Some(name.clone()));
            prop_assert!(name.chars().all(may_be_seen), "{:?}", name);
            let doubled = ["\u{200d}\u{200d}", "\u{200c}\u{200c}"].map(|pair| name.contains(pair));
            prop_assert_eq!(doubled, [false; 2]);
            let ends = [name.starts_with(['\u{200c}', '\u{200d}']), name.ends_with('\u{200c}')];
            prop_assert_eq!(ends, [false; 2]);
            // Each joiner is beside a letter or an emoji that needs it: never beside a Latin one.
            for joiner in ['\u{200c}', '\u{200d}'] {
                for latin in ['a', 'é', '1', ' '] {
                    let (one, other) = (format!("{latin}{joiner}"), format!("{joiner}{latin}"));
                    let after_virama = joiner == '\u{200d}' && !name.contains(&one);
                    prop_assert!(!name.contains(&one) && (after_virama || !name.contains(&other)), "{:?}", name);
                }
            }
        }
        if let Some(text) = multiline_text(&text, 8) {
            prop_assert_eq!(multiline_text(&text, 8), Some(text));
        }
    }
}
