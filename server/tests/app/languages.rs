//! Yours. Each language says everything, and each text is used.

use std::collections::BTreeSet;

use app::auth::{AuthError, AuthNotice};
use app::error::{AppError, AppNotice};
use app::language::Catalog;
use app::messages::Phrase;
use app::messages::languages::LANGUAGES;
use axum::body::Body;
use axum::http::{Request, header};
use strum::VariantNames;

use crate::support::site::site;

/// The names in `section`, without their plural forms.
fn names<'a>(language: &'a Catalog, section: &str) -> BTreeSet<&'a str> {
    let texts = language.texts().filter(|(of, ..)| *of == section);
    texts
        .map(|(_, name, _)| name.split('.').next().unwrap_or_default())
        .collect()
}

/// The names in braces, in a text or its plural forms.
fn places(text: &toml::Value) -> BTreeSet<&str> {
    match text {
        toml::Value::Table(forms) => forms.values().flat_map(places).collect(),
        text => {
            let places = text.as_str().expect("a text").split('{').skip(1);
            places.filter_map(|place| place.split('}').next()).collect()
        }
    }
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
fn each_language_has_texts_of_the_first_one_with_the_same_places_for_values() {
    let own = |file: &str| {
        let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a file");
        toml::from_str::<toml::Table>(&text).expect("TOML")
    };
    let mut files = LANGUAGES.files().iter().map(|source| source.file);
    let first = own(files.next().expect("a language"));
    for file in files {
        let other = own(file);
        for (section, texts) in other.iter().filter(|(_, value)| value.is_table()) {
            for (name, text) in texts.as_table().expect("a section") {
                let same = first.get(section).and_then(|texts| texts.get(name));
                let same = same.unwrap_or_else(|| panic!("{file}: {section}.{name} is unknown"));
                assert_eq!(places(text), places(same), "{file}: {section}.{name}");
            }
        }
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
                let request = Request::get(page)
                    .header(header::ACCEPT, "text/html")
                    .header(header::ACCEPT_LANGUAGE, language.code);
                let request = request.body(Body::empty()).expect("a request");
                visitor.exchange(request).await;
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
