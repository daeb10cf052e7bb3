//! Yours. Keeps the visitor's choice of light or dark in a cookie, which the server reads for each page: no page flashes in another
//! theme, and none needs a script for it.

use axum::http::{HeaderMap, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use serde::Deserialize;

use crate::auth::AuthSession;
use crate::auth::guards::next::safe_next;
use crate::theme::Theme;

/// The name of the cookie; over https with the prefix that binds it to this host (ASVS 3.3.1).
const NAME: &str = "theme";
const HTTPS_NAME: &str = "__Host-theme";

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    theme: String,
}

/// The theme that a request asks for.
pub fn theme_of(headers: &HeaderMap) -> Theme {
    let lines = headers.get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| Cookie::split_parse(line).flatten());
    let chosen = cookies.find(|cookie| [NAME, HTTPS_NAME].contains(&cookie.name()));
    chosen.map_or_else(Theme::default, |cookie| Theme::named(cookie.value()))
}

/// Stores the choice, and goes back to the page that it was made on.
pub async fn choose_theme(
    auth: AuthSession,
    headers: HeaderMap,
    body: String,
) -> impl IntoResponse {
    let fields = serde_qs::from_str::<Fields>(&body);
    let theme = fields.map_or_else(|_| Theme::default(), |fields| Theme::named(&fields.theme));
    let secure = auth.options().cookies.secure;
    let name = if secure { HTTPS_NAME } else { NAME };
    let cookie = Cookie::build((name, theme.name()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(Duration::days(365));
    let page = headers
        .get(header::REFERER)
        .and_then(|page| page.to_str().ok());
    let page = page.and_then(|page| page.parse::<Uri>().ok());
    let page = page.as_ref().and_then(Uri::path_and_query);
    let page = safe_next(page.map_or("/", |page| page.as_str()));
    (
        AppendHeaders([(header::SET_COOKIE, cookie.to_string())]),
        Redirect::to(page),
    )
}
