//! Yours. Each phrase and each code has a text, and all languages have the same places for values in it.

use std::collections::BTreeSet;

use app::auth::{AuthError, AuthNotice};
use app::error::{AppError, AppNotice};
use app::language::Catalog;
use app::messages::Phrase;
use app::messages::languages::LANGUAGES;
use strum::VariantNames;

use crate::support::site::site;

/// The names in `section`, without their plural forms.
fn names<'a>(language: &'a Catalog, section: &str) -> BTreeSet<&'a str> {
    let texts = language.texts().filter(|(of, ..)| *of == section);
    texts
        .map(|(_, name, _)| name.split('.').next().unwrap_or_default())
        .collect()
}

/// The names in braces.
fn places(text: &str) -> impl Iterator<Item = &str> {
    let places = text.split('{').skip(1);
    places.filter_map(|place| place.split('}').next())
}

#[test]
fn each_phrase_code_and_notice_has_a_text_and_each_text_is_one_of_them() {
    for language in LANGUAGES.all() {
        for (section, variants) in [
            ("phrases", vec![Phrase::VARIANTS]),
            ("errors", vec![AuthError::VARIANTS, AppError::VARIANTS]),
            ("notices", vec![AuthNotice::VARIANTS, AppNotice::VARIANTS]),
        ] {
            let variants: BTreeSet<&str> = variants.concat().into_iter().collect();
            assert_eq!(names(language, section), variants, "{}", language.code);
        }
    }
}

/// What a language lacks is said in the first one.
#[test]
fn each_text_has_the_same_places_for_values_in_all_languages() {
    let places_of = |language: &'static Catalog, section: &str, name: &str| {
        let texts = language
            .texts()
            .filter(|(of, text, _)| *of == section && text.split('.').next() == Some(name));
        texts
            .flat_map(|(.., text)| places(text))
            .collect::<BTreeSet<_>>()
    };
    let [first, others @ ..] = LANGUAGES.all() else {
        panic!("a language");
    };
    for other in others {
        for (section, name, text) in other.texts() {
            let name = name.split('.').next().unwrap_or_default();
            let (here, there) = (
                places_of(other, section, name),
                places_of(first, section, name),
            );
            assert_eq!(here, there, "{}: {section}.{name}: {text}", other.code);
        }
    }
}

/// The names in the code are those of the files.
#[test]
fn each_text_that_only_the_server_shows_is_there() {
    let code = [
        "components/footer.rs",
        "demo/mod.rs",
        "messages/refused.rs",
        "pages/mail_sent.rs",
        "pages/home.rs",
    ];
    let code = code.map(|file| {
        let path = format!("{}/../app/src/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap_or_default()
    });
    for call in code.concat().split("server_text(\"").skip(1) {
        let name = call.split('"').next().expect("a name");
        let mut texts = LANGUAGES.all()[0].texts();
        assert!(
            texts.any(|(of, text, _)| of == "server" && text == name),
            "{name}"
        );
    }
}

#[tokio::test]
async fn no_page_lacks_a_text() {
    let site = site().await;
    let (mut guest, mut ada) = (site.visitor(), site.user("Ada").await);
    ada.create_token("Backup").await;
    site.user("Ada").await;
    for language in LANGUAGES.all() {
        for visitor in [&mut guest, &mut ada] {
            for page in [
                "/",
                "/how-it-works",
                "/login",
                "/signup",
                "/confirm",
                "/account",
                "/account/password",
                "/account/sessions",
                "/account/tokens",
                "/account/delete",
                "/no/such/page",
            ] {
                visitor.visit_in(language.code, page).await;
            }
        }
    }
    let log = site.log.lines();
    let missing: Vec<_> = log
        .iter()
        .filter(|line| line.contains("a text is missing"))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
