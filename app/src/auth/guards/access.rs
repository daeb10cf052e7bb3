//! Core. Who may open which path: the rules. The app's table is in `pages/mod.rs`.

use crate::auth::config::FUNCTIONS;
use crate::users::User;

/// Who may open a path.
#[derive(Clone, Copy)]
pub enum Access {
    /// Everyone; the guard does not load the user.
    Public,
    /// Guests only, like the login page; a logged-in visitor is redirected.
    GuestsOnly,
    /// Every logged-in user: the rule for each page that the table does not name.
    LoginRequired,
    /// A user who gave the password recently.
    FreshLoginRequired,
    /// Users for whom the function returns true; other users are answered with 403.
    Only(fn(&User) -> bool),
    /// Other sites may send requests, too: a webhook, or an endpoint with CORS. Cookies are ignored; access tokens authenticate.
    OtherSites,
}

/// Paths and their rules. `/posts/*` is everything below `/posts/`.
pub type AccessTable = &'static [(&'static str, Access)];

/// The rule for `path`. Server functions check for themselves who calls them.
pub fn access(table: AccessTable, path: &str) -> Access {
    let default = if path.starts_with(FUNCTIONS) {
        Access::Public
    } else {
        Access::LoginRequired
    };
    entry(table, path).copied().unwrap_or(default)
}

impl Access {
    /// Whether a guest may see the page.
    pub const fn is_open_to_guests(self) -> bool {
        matches!(self, Self::Public | Self::GuestsOnly | Self::OtherSites)
    }
}

/// The value of the entry that names `path`, else of the longest pattern that fits it.
pub fn entry<'a, T>(table: &'a [(&'static str, T)], path: &str) -> Option<&'a T> {
    let exact = table.iter().find(|(pattern, _)| *pattern == path);
    let fitting = || {
        let fits = table.iter().filter(|(pattern, _)| is_below(pattern, path));
        fits.max_by_key(|(pattern, _)| pattern.len())
    };
    exact.or_else(fitting).map(|(_, value)| value)
}

fn is_below(pattern: &str, path: &str) -> bool {
    pattern
        .strip_suffix('*')
        .is_some_and(|folder| path.len() > folder.len() && path.starts_with(folder))
}
