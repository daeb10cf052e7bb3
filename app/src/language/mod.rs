//! Core. Texts in the language of the page. A text has a name in a section of a TOML file, one file for each language. The server
//! has all of them; the browser downloads those of its page's language, beside the program.

/// The browser's texts.
#[cfg(not(feature = "ssr"))]
mod browser;
/// All texts of a language.
#[cfg(feature = "ssr")]
mod catalog;
/// Values in texts.
mod fill;
/// All languages, and which of them a visitor reads.
#[cfg(feature = "ssr")]
mod languages;
/// The language of the page that is rendered.
#[cfg(feature = "ssr")]
mod page;
/// The texts as a file for browsers.
#[cfg(feature = "ssr")]
mod sent;

#[cfg(not(feature = "ssr"))]
pub use browser::{find, find_form, language, set_texts};
#[cfg(feature = "ssr")]
pub use catalog::{Catalog, Source};
pub use fill::filled;
#[cfg(feature = "ssr")]
pub use languages::Languages;
#[cfg(feature = "ssr")]
pub use page::{find, find_form, language, render_in, say_in, speak, spoken};
#[cfg(feature = "ssr")]
pub use sent::send_texts;

/// What a text is called in its section.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    Name(&'a str),
    /// By its place in a list of names, which is of the server only: the program needs the place.
    Nth(Names, usize),
}

/// The names of the texts of a section, in the order in which browsers get them.
pub type Names = &'static [&'static str];

/// The text for `count` things: of the form that the language has for that number (CLDR's plural rules), with the number for
/// `{count}`.
pub fn counted(section: &str, key: Key, count: i64) -> String {
    let text = find_form(section, key, count);
    filled(&text, &[("count", &count.to_string())])
}
