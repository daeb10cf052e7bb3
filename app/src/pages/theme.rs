//! Yours. Keeps the visitor's choice of light or dark, in a cookie that the server reads for each page: no page flashes in another
//! theme, and none needs a script for it. The page of a refused request has the system's.

use axum::http::{HeaderMap, Uri, header};
use axum::response::Redirect;
use serde::Deserialize;

use crate::auth::AuthSession;
use crate::auth::guards::next::safe_next;
use crate::error::Error;
use crate::theme::Theme;

/// The name of the value.
const NAME: &str = "theme";

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    theme: String,
}

/// What the visitor has chosen.
pub fn theme_of(auth: &AuthSession) -> Theme {
    let chosen = auth.kept(NAME);
    chosen.map_or_else(Theme::default, |name| Theme::named(&name))
}

/// Stores the choice, and goes back to the page that it was made on. What was typed there is lost: the browser loads it again.
///
/// # Errors
/// The browser keeps too many values already.
pub async fn choose_theme(
    auth: AuthSession,
    headers: HeaderMap,
    body: String,
) -> Result<Redirect, Error> {
    let fields = serde_qs::from_str::<Fields>(&body);
    let theme = fields.map_or_else(|_| Theme::default(), |fields| Theme::named(&fields.theme));
    match theme {
        Theme::System => auth.forget(NAME)?,
        Theme::Light | Theme::Dark => auth.keep(NAME, theme.name())?,
    }
    let page = headers
        .get(header::REFERER)
        .and_then(|page| page.to_str().ok());
    let page = page.and_then(|page| page.parse::<Uri>().ok());
    let page = page.as_ref().and_then(Uri::path_and_query);
    Ok(Redirect::to(safe_next(
        page.map_or("/", |page| page.as_str()),
    )))
}
