//! Core. The language of the page that is rendered.

use std::borrow::Cow;
use std::cell::Cell;

use tokio::task_local;

use super::Key;
use super::catalog::Catalog;

task_local! {
    /// Of the request that this task answers. Not a context: a page looks up some fifty texts, and each would search its owners.
    static LANGUAGE: Cell<&'static Catalog>;
}

/// Answers a request in `language`, unless [`speak`] chooses another one.
pub async fn render_in<Answer: Future>(
    language: &'static Catalog,
    answer: Answer,
) -> Answer::Output {
    LANGUAGE.scope(Cell::new(language), answer).await
}

/// Runs `say` in `language`, also outside of a request.
pub fn say_in<T>(language: &'static Catalog, say: impl FnOnce() -> T) -> T {
    LANGUAGE.sync_scope(Cell::new(language), say)
}

/// Goes on in `language`.
pub fn speak(language: &'static Catalog) {
    let _ = LANGUAGE.try_with(|now| now.set(language));
}

/// The language of the request. `None` outside of one.
pub fn spoken() -> Option<&'static Catalog> {
    LANGUAGE.try_with(Cell::get).ok()
}

/// The language tag of the page.
pub fn language() -> String {
    spoken().map_or_else(String::new, |language| language.code.to_owned())
}

/// The text, or its name if there is none.
pub fn find(section: &str, key: Key) -> Cow<'static, str> {
    find_name(section, name(key))
}

/// The text for `count` things.
pub fn find_form(section: &str, key: Key, count: i64) -> Cow<'static, str> {
    let name = name(key);
    let text = spoken().and_then(|language| {
        let form = format!("{name}.{}", language.plural(count));
        // A text of another language may lack the form.
        language.find(section, &form)
    });
    text.map_or_else(|| find_name(section, &format!("{name}.other")), Cow::from)
}

fn name(key: Key<'_>) -> &str {
    match key {
        Key::Name(name) => name,
        Key::Nth(names, nth) => names[nth],
    }
}

fn find_name(section: &str, name: &str) -> Cow<'static, str> {
    // Leptos also renders the app to list its routes, and drops the page.
    let Some(language) = spoken() else {
        return name.to_owned().into();
    };
    if let Some(text) = language.find(section, name) {
        return text.into();
    }
    tracing::error!(section, name, language.code, "a text is missing");
    name.to_owned().into()
}
