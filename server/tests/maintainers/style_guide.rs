//! Checks the style guide against `style/`: nothing in a style sheet is missing there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::site::site;

/// The texts of `style/*.css`.
fn sheets() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let files = fs::read_dir(folder).expect("the style sheets");
    let paths = files.map(|file| file.expect("a file").path());
    let sheets = paths.filter(|path| path.extension().is_some_and(|extension| extension == "css"));
    sheets
        .map(|path| fs::read_to_string(path).expect("text"))
        .collect()
}

/// The classes in the selectors of a style sheet: what stands before a brace, without comments and declarations.
fn named(sheet: &str) -> BTreeSet<String> {
    let parts = sheet.split("/*").enumerate();
    let code = parts.map(|(at, part)| match part.split_once("*/") {
        Some((_, after)) if at > 0 => after,
        _ => part,
    });
    let code: String = code.collect();
    let preludes = code.split('{').map(|text| {
        let before = text.rsplit([';', '}']).next();
        before.unwrap_or_default()
    });
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let names = preludes.flat_map(|prelude| prelude.split('.').skip(1));
    let names = names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    names
        .filter_map(|name| name.split(|c| !is_of_a_name(c)).next())
        .map(str::to_owned)
        .collect()
}

/// The values of an attribute, wherever the page has it.
fn values<'page>(page: &'page str, attribute: &str) -> Vec<&'page str> {
    let rest = page.split(attribute).skip(1);
    rest.filter_map(|rest| rest.strip_prefix("=\"")?.split('"').next())
        .collect()
}

#[test]
fn only_the_classes_of_selectors_are_named() {
    let sheet = "@import './a.css'; /* .b {} */ .c-1:is(.d, e.f):hover::after { width: .5rem } \
                 @media (width < 0.5rem) { .g > :not(.h) { background: url(x.svg); } }";
    let expected = ["c-1", "d", "f", "g", "h"].map(str::to_owned);
    assert_eq!(named(sheet), BTreeSet::from(expected));
}

#[tokio::test]
async fn the_style_guide_shows_every_class_that_the_style_sheets_have() {
    let site = site().await;
    let page = site.visitor().visit("/style-guide").await;
    let shown = values(&page.body, " class");
    let shown: BTreeSet<&str> = shown
        .into_iter()
        .flat_map(str::split_ascii_whitespace)
        .collect();
    let named: BTreeSet<String> = sheets().iter().flat_map(|sheet| named(sheet)).collect();
    assert!(named.len() > 50, "{named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !shown.contains(&***name))
        .collect();
    assert!(missing.is_empty(), "add an example of {missing:?}");
}

#[tokio::test]
async fn the_style_guide_has_every_token_and_every_icon_each_id_once_and_nothing_inline() {
    let site = site().await;
    let page = site.visitor().visit("/style-guide").await.body.clone();
    for shown in ["--paper", "--on-deep", "--alarm-wash", "--s7", "--target"] {
        page.find(&format!("<code>{shown}</code>")).expect(shown);
    }
    let icons = include_str!("../../../style/public/icons.svg");
    for icon in values(icons, "symbol id") {
        page.find(&format!("href=\"/icons.svg#{icon}\""))
            .expect(icon);
    }
    let ids = values(&page, " id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for inline in [" style=", "<style", "<script", " onclick="] {
        assert!(!page.contains(inline), "{inline}");
    }
}
