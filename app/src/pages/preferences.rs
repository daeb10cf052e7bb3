//! Yours. Keeps what the visitor has chosen in a cookie that the server reads for each page: no page flashes in another theme or
//! language, and no choice needs a script. A request that is refused before a page begins has the system's theme and the browser's
//! language.

use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Redirect;
use leptos::prelude::provide_context;
use serde::Deserialize;

use crate::auth::AuthSession;
use crate::auth::config::LANGUAGE;
use crate::auth::guards::next::stays_on_site;
use crate::error::Error;
use crate::language::{Catalog, speak, spoken};
use crate::messages::languages::LANGUAGES;
use crate::preferences::{LanguageChoice, Theme};

/// The name of the value, and of the field.
const THEME: &str = "theme";

#[derive(Default, Deserialize)]
struct Fields {
    theme: Option<String>,
    language: Option<String>,
}

/// Renders the page as its visitor has chosen. Call it first.
pub fn apply_preferences(auth: &AuthSession) -> Theme {
    let chosen = auth.kept(LANGUAGE);
    if let Some(language) = chosen.and_then(|code| LANGUAGES.named(&code)) {
        speak(language);
    }
    let spoken = spoken().map(|language| language.code);
    let choices = LANGUAGES.all().iter().map(|language| LanguageChoice {
        code: language.code,
        name: &language.name,
        chosen: spoken == Some(language.code),
    });
    provide_context(choices.collect::<Vec<_>>());
    let theme = auth.kept(THEME);
    let theme = theme.map_or_else(Theme::default, |name| Theme::named(&name));
    provide_context(theme);
    theme
}

/// The language of the visitor, for texts that a server function returns: a page calls it in a task of its own, which does not know
/// the language of the request.
pub fn language_of(auth: &AuthSession, headers: &HeaderMap) -> &'static Catalog {
    let chosen = auth.kept(LANGUAGE);
    let chosen = chosen.and_then(|code| LANGUAGES.named(&code));
    chosen.unwrap_or_else(|| LANGUAGES.accepted(headers))
}

/// Stores a choice, and goes back to the page that it was made on. What was typed there is lost: the browser loads it again.
///
/// # Errors
/// The browser keeps too many values already.
pub async fn choose(
    auth: AuthSession,
    headers: HeaderMap,
    body: String,
) -> Result<Redirect, Error> {
    let fields: Fields = serde_qs::from_str(&body).unwrap_or_default();
    if let Some(theme) = fields.theme {
        match Theme::named(&theme) {
            Theme::System => auth.forget(THEME)?,
            theme => auth.keep(THEME, theme.name())?,
        }
    }
    if let Some(language) = fields.language.and_then(|code| LANGUAGES.named(&code)) {
        auth.keep(LANGUAGE, language.code)?;
    }
    let page = headers
        .get(header::REFERER)
        .and_then(|page| page.to_str().ok());
    let page = page.and_then(|page| page.parse::<Uri>().ok());
    let page = page.as_ref().and_then(Uri::path_and_query);
    let page = page.map(PathAndQuery::as_str);
    let page = page.filter(|page| stays_on_site(page));
    Ok(Redirect::to(page.unwrap_or("/")))
}
